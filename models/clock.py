"""The database's own clock: leases end by it, because the clocks of the processes may differ."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from models.base import Moment


class from_now(GenericFunction[datetime]):  # noqa: N801 - reads as SQL
    """The database's present moment plus some seconds."""

    type = Moment()
    inherit_cache = True

    def __init__(self, after: timedelta = timedelta(0)) -> None:
        super().__init__(bindparam(None, after.total_seconds(), Float()))


@compiles(from_now, "postgresql")
def _postgresql(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **kw)}))"


@compiles(from_now, "sqlite")
def _sqlite(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', format('%+f seconds', {seconds})) || '000')"
