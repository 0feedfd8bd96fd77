"""Administration: the audit log is walled in, second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}

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
    op.create_table(
        "second_factors",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.Enum("pin", "totp", name="factor", **CLOSED), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_code", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_second_factors_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_second_factors"),
        sa.UniqueConstraint("account_id", name="uq_second_factors_account_id"),
    )


def downgrade() -> None:
    op.drop_table("second_factors")
    if on_sqlite():
        op.execute("DROP TRIGGER audit_log_no_UPDATE")
        op.execute("DROP TRIGGER audit_log_no_DELETE")
    else:
        op.execute("DROP TRIGGER audit_log_is_kept ON audit_log")
        op.execute("DROP FUNCTION audit_log_is_kept()")


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
