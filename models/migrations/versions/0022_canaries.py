"""Canaries in files for the office."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "plantings",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plantings"),
    )
    op.create_table(
        "canaries",
        sa.Column("export_id", ID, autoincrement=False, nullable=False),
        sa.Column("time", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nik_index", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name="fk_canaries_export_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", "time", "nik_index", name="pk_canaries"),
    )
    op.create_index("ix_canaries_nik_index", "canaries", ["nik_index"])


def downgrade() -> None:
    op.drop_table("canaries")
    op.drop_table("plantings")
