"""Quotas against harvesting: the NIKs an account typed on a day, and the days it reached its limit."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "typed_niks",
        sa.Column("sender_index", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("nik_index", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("sender_index", "day", "nik_index", name="pk_typed_niks"),
    )
    op.create_table(
        "quota_days",
        sa.Column("sender_index", sa.LargeBinary(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=True),
        sa.Column("alarmed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("sender_index", "day", name="pk_quota_days"),
    )


def downgrade() -> None:
    op.drop_table("quota_days")
    op.drop_table("typed_niks")
