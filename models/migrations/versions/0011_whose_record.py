"""Whose record: workers who take their own, who said "Ini bukan saya", and links to hand a record over."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
TAKEN = sa.text("worker_account_id IS NOT NULL")
FROZEN = sa.text("frozen_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("applications", sa.Column("worker_account_id", ID, nullable=True))
    op.add_column("applications", sa.Column("frozen_by", ID, nullable=True))
    op.add_column("applications", sa.Column("thawed_at", MOMENT, nullable=True))
    op.create_index(
        "ix_applications_worker_account_id",
        "applications",
        ["worker_account_id"],
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    )
    op.create_index(
        "ix_applications_frozen", "applications", ["id"], sqlite_where=FROZEN, postgresql_where=FROZEN
    )
    op.create_table(
        "hand_overs",
        sa.Column("application_id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("spent_at", MOMENT, nullable=True),
        sa.Column("text_sha256", sa.LargeBinary(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_hand_overs_application_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_hand_overs_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("application_id", name="pk_hand_overs"),
        sa.UniqueConstraint("token_sha256", name="uq_hand_overs_token_sha256"),
    )
    op.create_index("ix_hand_overs_account_id", "hand_overs", ["account_id"])


def downgrade() -> None:
    op.drop_table("hand_overs")
    op.drop_index("ix_applications_frozen", table_name="applications")
    op.drop_index("ix_applications_worker_account_id", table_name="applications")
    for column in ("thawed_at", "frozen_by", "worker_account_id"):
        op.drop_column("applications", column)
