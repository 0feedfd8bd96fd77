"""Agents: who asked to register others, who approved it, where and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
KINDS = ("perisai", "village", "security", "bumdes", "association")
STAGES = ("applied", "approved", "refused", "ended")
OPEN = sa.text("stage IN ('applied', 'approved')")


def upgrade() -> None:
    op.add_column("grants", sa.Column("valid_until", sa.Date(), nullable=True))
    op.create_table(
        "agents",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", **CLOSED), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=False),
        sa.Column("stage", sa.Enum(*STAGES, name="stage", **CLOSED), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_agents_account_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person_keys.person_id"], name="fk_agents_person_id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_agents_consent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("badge", name="uq_agents_badge"),
    )
    op.create_index("ix_agents_person_id", "agents", ["person_id"])
    op.create_index("ix_agents_consent_id", "agents", ["consent_id"])
    op.create_index("ix_agents_stage", "agents", ["stage"])
    op.create_index(
        "uq_agents_open", "agents", ["account_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_table("agents")
    op.drop_column("grants", "valid_until")
