"""Requests that the office answers, and corrections. SQLite gets the table anew: it cannot change a CHECK."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
KNOWN = "request IN ('withdraw', 'erase', 'correct')"
FORMER = "request IN ('withdraw', 'erase')"
KEPT = "id, account_index, request, asked_at, due_at, done_at"


def upgrade() -> None:
    if on_sqlite():
        _anew(KNOWN, sa.Column("account_id", ID), sa.Column("answer", sa.Text()))
    else:
        op.drop_constraint(op.f("ck_data_requests_request"), "data_requests", type_="check")
        op.create_check_constraint(op.f("ck_data_requests_request"), "data_requests", KNOWN)
        op.add_column("data_requests", sa.Column("account_id", ID))
        op.add_column("data_requests", sa.Column("answer", sa.Text()))
    op.create_table(
        "corrections",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("former", sa.LargeBinary()),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by", ID),
        sa.ForeignKeyConstraint(["id"], ["data_requests.id"], name="fk_corrections_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person_keys.person_id"], name="fk_corrections_person_id"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_corrections_application_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_person_id", "corrections", ["person_id"])
    op.create_index("ix_corrections_application_id", "corrections", ["application_id"])


def downgrade() -> None:
    op.drop_table("corrections")
    op.execute("DELETE FROM data_requests WHERE request = 'correct'")
    if on_sqlite():
        _anew(FORMER)
    else:
        op.drop_column("data_requests", "account_id")
        op.drop_column("data_requests", "answer")
        op.drop_constraint(op.f("ck_data_requests_request"), "data_requests", type_="check")
        op.create_check_constraint(op.f("ck_data_requests_request"), "data_requests", FORMER)


def _anew(known: str, *more: sa.Column) -> None:
    op.drop_index("ix_data_requests_account_index", "data_requests")
    op.drop_index("ix_data_requests_due_at", "data_requests")
    op.rename_table("data_requests", "former_data_requests")
    op.create_table(
        "data_requests",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_index", sa.LargeBinary(32), nullable=False),
        sa.Column("request", sa.String(16), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        *more,
        sa.CheckConstraint(known, name=op.f("ck_data_requests_request")),
        sa.PrimaryKeyConstraint("id", name="pk_data_requests"),
    )
    op.execute(f"INSERT INTO data_requests ({KEPT}) SELECT {KEPT} FROM former_data_requests")  # noqa: S608 - ours
    op.drop_table("former_data_requests")
    op.create_index("ix_data_requests_account_index", "data_requests", ["account_index"])
    op.create_index("ix_data_requests_due_at", "data_requests", ["due_at"])


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
