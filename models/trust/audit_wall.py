"""The wall around the audit log, kept by the database itself: its rows are neither changed nor taken out."""

from typing import Final

from sqlalchemy import DDL, Table, event
from sqlalchemy.schema import ExecutableDDLElement

REFUSAL: Final = "the audit log is only ever added to"

SQLITE: Final = tuple(
    f"CREATE TRIGGER audit_log_no_{act} BEFORE {act} ON audit_log BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("UPDATE", "DELETE")
)
"""One trigger for each act that is refused."""

POSTGRESQL: Final = (
    f"""
    CREATE FUNCTION audit_log_is_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_kept()
    """,
)
"""A statement that would touch a row is refused whole, also one that finds none."""


def wall_in(table: Table) -> None:
    """Have the wall built with the table, wherever the table is made from the models."""
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for statement in statements:
            event.listen(table, "after_create", _only_on(dialect, statement))


def _only_on(dialect: str, statement: str) -> ExecutableDDLElement:
    made: ExecutableDDLElement = DDL(statement)  # type: ignore[no-untyped-call]
    return made.execute_if(dialect=dialect)
