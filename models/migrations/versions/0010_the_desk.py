"""The desk: officers' territories, what became of a closed application, frozen ones, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("grants", sa.Column("territory", sa.Text(), nullable=False, server_default=""))
    op.add_column("applications", sa.Column("closed_as", sa.String(16), nullable=True))
    op.add_column("applications", sa.Column("merged_into", ID, nullable=True))
    op.add_column("applications", sa.Column("frozen_at", MOMENT, nullable=True))
    op.create_table(
        "audit_log",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_account", ID, nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_by_account", "audit_log", ["by_account"])
    op.create_index("ix_audit_log_person_id", "audit_log", ["person_id"])
    op.create_table(
        "audit_heads",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_heads"),
    )


def downgrade() -> None:
    op.drop_table("audit_heads")
    op.drop_table("audit_log")
    for column in ("frozen_at", "merged_into", "closed_as"):
        op.drop_column("applications", column)
    op.drop_column("grants", "territory")
