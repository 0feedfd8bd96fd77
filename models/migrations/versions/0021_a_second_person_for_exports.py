"""A second person for exports."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("exports", sa.Column("asked_at", MOMENT, nullable=True))
    op.add_column("exports", sa.Column("agreed_by", ID, nullable=True))


def downgrade() -> None:
    op.drop_column("exports", "agreed_by")
    op.drop_column("exports", "asked_at")
