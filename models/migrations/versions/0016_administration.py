"""Administration: the audit log is walled in."""

from alembic import op

revision = "0016"
down_revision = "0010"
branch_labels = None
depends_on = None

REFUSAL = "the audit log is only ever added to"
SQLITE = tuple(
    f"CREATE TRIGGER audit_log_no_{act} BEFORE {act} ON audit_log BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for act in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION audit_log_is_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_kept()
    """,
)


def upgrade() -> None:
    for statement in SQLITE if on_sqlite() else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if on_sqlite():
        op.execute("DROP TRIGGER audit_log_no_UPDATE")
        op.execute("DROP TRIGGER audit_log_no_DELETE")
    else:
        op.execute("DROP TRIGGER audit_log_is_kept ON audit_log")
        op.execute("DROP FUNCTION audit_log_is_kept()")


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
