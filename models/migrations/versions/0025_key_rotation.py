"""Key rotation: since when a key is in use, and with which key the audit log goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("key_checks", sa.Column("since", MOMENT, nullable=True))
    op.add_column("audit_heads", sa.Column("key_id", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("audit_heads", "key_id")
    op.drop_column("key_checks", "since")
