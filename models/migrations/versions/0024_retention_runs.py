"""What the last run of each rule of retention destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "retention_runs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ran_at", MOMENT, nullable=False),
        sa.Column("destroyed", sa.Integer(), nullable=False),
        sa.Column("in_all", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_retention_runs"),
    )


def downgrade() -> None:
    op.drop_table("retention_runs")
