"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
DIGEST = sa.LargeBinary(32)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
STATES = ("draft", "submitted", "in_review", "returned", "accepted", "registered", "withdrawn")
ACTIVE = sa.text(
    "NOT duplicate AND state IN ('submitted', 'in_review', 'returned', 'accepted', 'registered')"
)


def upgrade() -> None:
    accounts()
    data_requests()
    deliveries()
    erasures()
    key_checks()
    person_keys()
    quarantine()
    seen_updates()
    consents()
    grants()
    dialogues()
    workers()
    applications()
    application_events()


def downgrade() -> None:
    for table in (
        "application_events",
        "applications",
        "workers",
        "dialogues",
        "grants",
        "consents",
        "seen_updates",
        "quarantine",
        "person_keys",
        "key_checks",
        "erasures",
        "deliveries",
        "data_requests",
        "accounts",
    ):
        op.drop_table(table)


def accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("dialogue_id", ID, nullable=True),
        sa.Column("unreachable", sa.Text(), nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )


def data_requests() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_index", DIGEST, nullable=False),
        sa.Column("request", sa.Enum("withdraw", "erase", name="request", **CLOSED), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_data_requests"),
    )
    op.create_index("ix_data_requests_account_index", "data_requests", ["account_index"])
    op.create_index("ix_data_requests_due_at", "data_requests", ["due_at"])


def deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("promise", sa.Enum("A", "B", name="promise", **CLOSED), nullable=False),
        sa.Column("dedupe", sa.Text(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "uncertain",
                "dead",
                "cancelled",
                "expired",
                "broken",
                name="fate",
                **CLOSED,
            ),
            nullable=False,
        ),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("dedupe", name="uq_deliveries_dedupe"),
    )
    op.create_index("ix_deliveries_account_id", "deliveries", ["account_id"])
    op.create_index(
        "ix_deliveries_queued",
        "deliveries",
        ["lane", "not_before", "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "ix_deliveries_sending",
        "deliveries",
        ["lease_until"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )


def erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("account_index", DIGEST, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )


def key_checks() -> None:
    op.create_table(
        "key_checks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_key_checks"),
    )


def person_keys() -> None:
    op.create_table(
        "person_keys",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_person_keys"),
    )


def quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("update_id", ID, nullable=False),
        sa.Column("update", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.LargeBinary(), nullable=False),
        sa.Column("sender_index", DIGEST, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_at", "quarantine", ["at"])
    op.create_index("ix_quarantine_sender_index", "quarantine", ["sender_index"])


def seen_updates() -> None:
    op.create_table(
        "seen_updates",
        sa.Column("bot_id", ID, autoincrement=False, nullable=False),
        sa.Column("update_id", ID, autoincrement=False, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name="pk_seen_updates"),
        sqlite_with_rowid=False,
    )


def consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("text_sha256", DIGEST, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column(
            "basis",
            sa.Enum("self", "family", "employer", "agent", "association", "village", name="basis", **CLOSED),
            nullable=False,
        ),
        sa.Column("manner", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_consents_account_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person_keys.person_id"], name="fk_consents_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_account_id", "consents", ["account_id"])
    op.create_index("ix_consents_person_id", "consents", ["person_id"])


def grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "role",
            sa.Enum("worker", "agent", "officer", "administrator", name="role", **CLOSED),
            nullable=False,
        ),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("granted_by", ID, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_grants_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index(
        "uq_grants_in_force",
        "grants",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def dialogues() -> None:
    op.create_table(
        "dialogues",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("consent_id", ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_dialogues_account_id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_dialogues_consent_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person_keys.person_id"], name="fk_dialogues_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dialogues"),
    )
    op.create_index("ix_dialogues_account_id", "dialogues", ["account_id"])
    op.create_index("ix_dialogues_consent_id", "dialogues", ["consent_id"])
    op.create_index("ix_dialogues_person_id", "dialogues", ["person_id"])


def workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("nik", sa.LargeBinary(), nullable=False),
        sa.Column("nik_index", DIGEST, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("village_name", sa.Text(), nullable=False),
        sa.Column("region_version", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_workers_consent_id"),
        sa.ForeignKeyConstraint(["id"], ["person_keys.person_id"], name="fk_workers_id"),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_index("ix_workers_consent_id", "workers", ["consent_id"])
    op.create_index("ix_workers_nik_index", "workers", ["nik_index"])
    op.create_index("ix_workers_village_code", "workers", ["village_code"])


def applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("worker_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="state", **CLOSED), nullable=False),
        sa.Column("nik_index", DIGEST, nullable=False),
        sa.Column("duplicate", sa.Boolean(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("money", sa.Text(), nullable=False),
        sa.Column("programmes", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("occupation_id", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_applications_account_id"),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name="fk_applications_consent_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_applications_worker_id"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("reference", name="uq_applications_reference"),
    )
    op.create_index("ix_applications_account_id", "applications", ["account_id"])
    op.create_index("ix_applications_consent_id", "applications", ["consent_id"])
    op.create_index("ix_applications_nik_index", "applications", ["nik_index"])
    op.create_index("ix_applications_state", "applications", ["state"])
    op.create_index("ix_applications_village_code", "applications", ["village_code"])
    op.create_index("ix_applications_worker_id", "applications", ["worker_id"])
    op.create_index(
        "uq_applications_active_nik",
        "applications",
        ["nik_index"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )


def application_events() -> None:
    op.create_table(
        "application_events",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("from_state", sa.Enum(*STATES, name="from_state", **CLOSED), nullable=False),
        sa.Column("to_state", sa.Enum(*STATES, name="to_state", **CLOSED), nullable=False),
        sa.Column("by_account", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_events_application_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_application_events"),
    )
    op.create_index("ix_application_events_application_id", "application_events", ["application_id"])
