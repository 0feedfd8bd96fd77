"""Reviews: which officer has which application in hand, and the order in which they wait."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
WAITING = sa.text("state IN ('submitted', 'in_review')")


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("application_id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_reviews_application_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("application_id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_account_id", "reviews", ["account_id"])
    op.create_index(
        "ix_applications_waiting",
        "applications",
        ["submitted_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_applications_waiting", "applications")
    op.drop_table("reviews")
