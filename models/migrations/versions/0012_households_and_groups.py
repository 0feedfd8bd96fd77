"""Associations and their members, treasurers of lists, and who wants to go on alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
IN_FORCE = sa.text("taken_at IS NOT NULL AND ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "association_links",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="fk_association_links_agent_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_association_links"),
        sa.UniqueConstraint("agent_id", name="uq_association_links_agent_id"),
        sa.UniqueConstraint("token_sha256", name="uq_association_links_token_sha256"),
    )
    op.create_table(
        "association_members",
        sa.Column("agent_id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("text_version", sa.Text(), nullable=True),
        sa.Column("text_sha256", sa.LargeBinary(32), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name="fk_association_members_agent_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_association_members_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "account_id", name="pk_association_members"),
    )
    op.create_index("ix_association_members_account_id", "association_members", ["account_id"])
    op.create_table(
        "treasurers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_treasurers_programme_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_treasurers_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_treasurers"),
        sa.UniqueConstraint("token_sha256", name="uq_treasurers_token_sha256"),
    )
    for column in ("account_id", "programme_id"):
        op.create_index(f"ix_treasurers_{column}", "treasurers", [column])
    op.create_index(
        "uq_treasurers_in_force",
        "treasurers",
        ["programme_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "continuations",
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("by_account", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_continuations_membership_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("membership_id", name="pk_continuations"),
    )


def downgrade() -> None:
    op.drop_table("continuations")
    op.drop_table("treasurers")
    op.drop_table("association_members")
    op.drop_table("association_links")
