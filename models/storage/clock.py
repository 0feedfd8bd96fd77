"""The database's own clock: leases end by it, because the clocks of the processes may differ."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from models.storage.base import Moment


class from_now(GenericFunction[datetime]):  # noqa: N801 - reads as SQL
    """The database's present moment plus a span, or plus the seconds of the parameter of that name."""

    type = Moment()
    inherit_cache = True

    def __init__(self, after: timedelta | str = timedelta(0)) -> None:
        seconds = (
            bindparam(after, type_=Float())
            if isinstance(after, str)
            else bindparam(None, after.total_seconds(), Float())
        )
        super().__init__(seconds)


@compiles(from_now, "postgresql")
def _postgresql(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **kw)}))"


@compiles(from_now, "sqlite")
def _sqlite(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', format('%+f seconds', {seconds})) || '000')"
