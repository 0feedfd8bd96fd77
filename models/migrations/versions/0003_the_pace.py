"""The pace all senders share, and the ways to the messages of one chat and to those that are too late."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
OPEN = sa.text("state IN ('queued', 'sending')")
QUEUED = sa.text("state = 'queued'")


def upgrade() -> None:
    op.create_table(
        "buckets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("free_at", MOMENT, nullable=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_buckets"),
    )
    op.create_table(
        "pauses",
        sa.Column("lane", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name="pk_pauses"),
    )
    op.create_index("ix_deliveries_chat", "deliveries", ["chat_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "ix_deliveries_expiring", "deliveries", ["expires_at"], sqlite_where=QUEUED, postgresql_where=QUEUED
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_expiring", "deliveries")
    op.drop_index("ix_deliveries_chat", "deliveries")
    op.drop_table("pauses")
    op.drop_table("buckets")
