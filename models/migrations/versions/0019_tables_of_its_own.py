"""Channels and payers of an installation's own; a list keeps the name of its payer."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "own_rows",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Enum("channel", "payer", name="own_table", **CLOSED), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("money", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_own_rows"),
    )
    op.create_index(
        "uq_own_rows_in_force",
        "own_rows",
        ["kind", "code"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.add_column("programmes", sa.Column("payer_name", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("programmes", "payer_name")
    op.drop_table("own_rows")
