"""The way to the messages nobody knows the fate of: officers are shown them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNCERTAIN = sa.text("state = 'uncertain'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_uncertain",
        "deliveries",
        ["not_before"],
        sqlite_where=UNCERTAIN,
        postgresql_where=UNCERTAIN,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_uncertain", "deliveries")
