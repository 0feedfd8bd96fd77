"""Links by which a candidate takes a role."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
ROLES = ("worker", "agent", "officer", "administrator")


def upgrade() -> None:
    op.create_table(
        "role_links",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("role", sa.Enum(*ROLES, name="offered_role", **CLOSED), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("spent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_role_links"),
        sa.UniqueConstraint("token_sha256", name="uq_role_links_token_sha256"),
    )


def downgrade() -> None:
    op.drop_table("role_links")
