"""Lists of villages: their places and reserves, and who vouched for them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
FLAWS = (
    "withdrawn",
    "nik",
    "too_old",
    "too_young",
    "official",
    "twice",
    "other_village",
    "other_payer",
    "active",
    "office",
    "voucher",
    "returned",
)


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sk_number", sa.Text(), nullable=True),
        sa.Column("sk_date", sa.Date(), nullable=True),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("handed_on_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_programmes_account_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_programmes"),
    )
    for column in ("account_id", "village_code", "last_day"):
        op.create_index(f"ix_programmes_{column}", "programmes", [column])
    op.create_table(
        "places",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Enum(*FLAWS, name="flaw", **CLOSED), nullable=True),
        sa.Column("reason", sa.Enum(*FLAWS, name="reason", **CLOSED), nullable=True),
        sa.Column("replaced_by", ID, nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_places_programme_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_places_application_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["places.id"], name="fk_places_replaced_by", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
        sa.UniqueConstraint("programme_id", "number", name="uq_places_number"),
        sa.UniqueConstraint("programme_id", "rank", name="uq_places_rank"),
        sa.UniqueConstraint("programme_id", "application_id", name="uq_places_application"),
    )
    for column in ("application_id", "replaced_by"):
        op.create_index(f"ix_places_{column}", "places", [column])
    op.create_table(
        "vouchings",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("programme_id", ID, nullable=False),
        sa.Column(
            "post",
            sa.Enum("village_head", "bhabinkamtibmas", "babinsa", name="post", **CLOSED),
            nullable=False,
        ),
        sa.Column("token_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "objection",
            sa.Enum("unknown", "moved", "died", "official", "not_poor", "other", name="objection", **CLOSED),
            nullable=True,
        ),
        sa.Column("said_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_vouchings_programme_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_vouchings_account_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_vouchings"),
        sa.UniqueConstraint("token_sha256", name="uq_vouchings_token_sha256"),
    )
    for column in ("account_id", "programme_id"):
        op.create_index(f"ix_vouchings_{column}", "vouchings", [column])


def downgrade() -> None:
    op.drop_table("vouchings")
    op.drop_table("places")
    op.drop_table("programmes")
