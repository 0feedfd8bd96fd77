"""Links into the chain of those who can be reached about a membership, and when a contact agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
DIGEST = sa.LargeBinary(32)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}


def upgrade() -> None:
    op.add_column("contacts", sa.Column("agreed_at", MOMENT, nullable=True))
    op.add_column("contacts", sa.Column("text_sha256", DIGEST, nullable=True))
    op.create_table(
        "invitations",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("token_sha256", DIGEST, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "relation",
            sa.Enum("self", "registrant", "family", "agent", "head_of_rt", name="relation", **CLOSED),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("spent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_invitations_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_invitations_membership_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_sha256", name="uq_invitations_token_sha256"),
    )
    op.create_index("ix_invitations_account_id", "invitations", ["account_id"])
    op.create_index("ix_invitations_membership_id", "invitations", ["membership_id"])


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_column("contacts", "text_sha256")
    op.drop_column("contacts", "agreed_at")
