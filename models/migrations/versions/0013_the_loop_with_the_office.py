"""The loop with the office: exports, who is in them, files that came back, messages that leave the chat."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
UNDER_WAY = sa.text("stage IN ('waiting', 'running')")
STANDS = sa.text("outcome IS NULL")


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("layout_text", sa.Text(), nullable=False),
        sa.Column("layout_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("gathered", sa.Boolean(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("parts_sent", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("progress_message", ID, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "stage IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_exports_making")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_exports_account_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_account_id", "exports", ["account_id"])
    op.create_index(
        "ix_exports_under_way", "exports", ["made_at"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY
    )
    op.create_table(
        "export_members",
        sa.Column("export_id", ID, autoincrement=False, nullable=False),
        sa.Column("grouped", sa.Text(), nullable=False),
        sa.Column("application_id", ID, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('registered', 'refused', 'taken_back')", name=op.f("ck_export_members_fate")
        ),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name="fk_export_members_export_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_export_members_application_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "grouped", "application_id", name="pk_export_members"),
    )
    op.create_index("ix_export_members_application_id", "export_members", ["application_id"])
    op.create_index(
        "uq_export_members_locked",
        "export_members",
        ["application_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_table(
        "fleeting_messages",
        sa.Column("chat_id", ID, autoincrement=False, nullable=False),
        sa.Column("message_id", ID, autoincrement=False, nullable=False),
        sa.Column("leaves_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_fleeting_messages"),
    )
    op.create_index("ix_fleeting_messages_leaves_at", "fleeting_messages", ["leaves_at"])
    op.add_column("imports", sa.Column("purpose", sa.String(16), nullable=False, server_default="workers"))
    op.add_column("memberships", sa.Column("payment_code", sa.LargeBinary(), nullable=True))
    op.add_column("contributions", sa.Column("receipt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("contributions", "receipt")
    op.drop_column("memberships", "payment_code")
    op.drop_column("imports", "purpose")
    op.drop_table("fleeting_messages")
    op.drop_table("export_members")
    op.drop_table("exports")
