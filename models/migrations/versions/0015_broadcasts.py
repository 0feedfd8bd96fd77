"""Broadcasts, and the index by which their messages are let go, counted and listed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
STAGES = ("draft", "counting", "asked", "held", "planning", "running", "paused", "cancelling", "done")
OF_BROADCASTS = sa.text("lane = 3")


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("origin_chat", ID, nullable=False),
        sa.Column("origin_message", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("territories", sa.JSON(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(*STAGES, name="stage", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.Column("straight", sa.Boolean(), nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=True),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("approved_for", sa.Integer(), nullable=True),
        sa.Column("planned_after", ID, nullable=False),
        sa.Column("planned_at", MOMENT, nullable=True),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.Column("window_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("progress_message", ID, nullable=True),
        sa.Column("shown_at", MOMENT, nullable=True),
        sa.Column("shown_done", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_broadcasts_account_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_index("ix_broadcasts_account_id", "broadcasts", ["account_id"])
    op.create_index(
        "ix_deliveries_broadcast",
        "deliveries",
        ["subject_id", "state", "step", "not_before"],
        sqlite_where=OF_BROADCASTS,
        postgresql_where=OF_BROADCASTS,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_broadcast", "deliveries")
    op.drop_table("broadcasts")
