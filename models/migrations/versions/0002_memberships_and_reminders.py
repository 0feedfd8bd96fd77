"""Memberships, their contributions, and what the planning of reminders needs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
DIGEST = sa.LargeBinary(32)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    memberships()
    contacts()
    contributions()
    snoozes()
    opt_outs()
    plans()
    op.add_column("deliveries", sa.Column("subject_id", ID, nullable=True))
    op.add_column("deliveries", sa.Column("month", sa.Date(), nullable=True))
    op.add_column("deliveries", sa.Column("step", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("step", "month", "subject_id"):
        op.drop_column("deliveries", column)
    for table in ("plans", "opt_outs", "snoozes", "contributions", "contacts", "memberships"):
        op.drop_table(table)


def memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("worker_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=True),
        sa.Column("nik_index", DIGEST, nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("programmes", sa.Integer(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("money", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("income", sa.LargeBinary(), nullable=False),
        sa.Column("kpj", sa.LargeBinary(), nullable=True),
        sa.Column("protection_until", sa.Date(), nullable=True),
        sa.Column("state", sa.Enum("active", "ended", "deceased", name="life", **CLOSED), nullable=False),
        sa.Column("sponsor_until", sa.Date(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_memberships_application_id",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name="fk_memberships_worker_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.UniqueConstraint("application_id", name="uq_memberships_application_id"),
    )
    op.create_index("ix_memberships_nik_index", "memberships", ["nik_index"])
    op.create_index("ix_memberships_worker_id", "memberships", ["worker_id"])
    op.create_index(
        "ix_memberships_active", "memberships", ["zone", "id"], sqlite_where=ACTIVE, postgresql_where=ACTIVE
    )


def contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "relation",
            sa.Enum("self", "registrant", "family", "agent", "head_of_rt", name="relation", **CLOSED),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_contacts_account_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_contacts_membership_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("membership_id", "position", name="pk_contacts"),
    )
    op.create_index("ix_contacts_account_id", "contacts", ["account_id"])


def contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("membership_id", ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("money", sa.Text(), nullable=False),
        sa.Column("programmes", sa.Integer(), nullable=False),
        sa.Column("relief", sa.Boolean(), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column(
            "known_by",
            sa.Enum(
                "reported_worker", "reported_agent", "confirmed", "office_file", name="knownby", **CLOSED
            ),
            nullable=False,
        ),
        sa.Column("by_account", ID, nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("corrects", ID, nullable=True),
        sa.CheckConstraint("sign IN (-1, 1)", name="sign"),
        sa.ForeignKeyConstraint(
            ["corrects"], ["contributions.id"], name="fk_contributions_corrects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_contributions_membership_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_contributions"),
        sa.UniqueConstraint("corrects", name="uq_contributions_corrects"),
    )
    op.create_index("ix_contributions_months", "contributions", ["membership_id", "month", "sign"])


def snoozes() -> None:
    op.create_table(
        "snoozes",
        sa.Column("membership_id", ID, autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name="fk_snoozes_membership_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("membership_id", "month", name="pk_snoozes"),
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"])


def opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("nik_index", DIGEST, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("nik_index", name="pk_opt_outs"),
    )


def plans() -> None:
    op.create_table(
        "plans",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("after_id", ID, nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("day", "zone", name="pk_plans"),
    )
