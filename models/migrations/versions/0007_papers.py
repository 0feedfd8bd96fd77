"""What the QR codes on papers open, and how often an account tried a wrong one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}


def upgrade() -> None:
    op.create_table(
        "status_links",
        sa.Column("application_id", ID, autoincrement=False, nullable=False),
        sa.Column("paper", sa.Enum("slip", "sheet", name="paper", **CLOSED), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_status_links_application_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", "paper", name="pk_status_links"),
        sa.UniqueConstraint("token_sha256", name="uq_status_links_token_sha256"),
    )
    op.create_table(
        "wrong_tries",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_wrong_tries_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_wrong_tries"),
    )
    op.create_index("ix_wrong_tries_account_id", "wrong_tries", ["account_id"])


def downgrade() -> None:
    op.drop_table("wrong_tries")
    op.drop_table("status_links")
