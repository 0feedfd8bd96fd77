"""Coverage: counts of every place kept current, birth years and sexes to count by, workers told, group cards.

Triggers note each village whose rows change, whoever changes them: a statement that was forgotten in the code
could otherwise make a count wrong for ever. The villages there are already are noted here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)

OWN = ("applications", "memberships", "programmes")
"""Tables whose rows name a village themselves."""

THROUGH = {
    "contributions": ("memberships", "membership_id"),
    "places": ("applications", "application_id"),
}
"""Tables whose rows name a row of another table, which names a village."""

NOTE = "INSERT INTO coverage_touched (level, code)"
SQLITE = """
CREATE TRIGGER coverage_{table}_{event} AFTER {event} ON {table} BEGIN
    INSERT INTO coverage_touched (level, code) SELECT DISTINCT 10, village_code FROM {rows}
    WHERE NOT EXISTS (
        SELECT 1 FROM coverage_touched AS noted WHERE noted.level = 10 AND noted.code = village_code
    );
END
"""
POSTGRESQL = """
CREATE FUNCTION coverage_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        {note} SELECT DISTINCT 10, village_code FROM {before} WHERE {new};
    END IF;
    IF TG_OP IN ('UPDATE', 'INSERT') THEN
        {note} SELECT DISTINCT 10, village_code FROM {after} WHERE {new};
    END IF;
    RETURN NULL;
END $$
"""
NEW = """NOT EXISTS (
            SELECT 1 FROM coverage_touched AS noted
            WHERE noted.level = 10 AND noted.code = village_code AND noted.xmin = pg_current_xact_id()::xid
        )"""
"""No note of this very transaction: those of others may be taken before it ends."""

TRANSITION = {
    "insert": "NEW TABLE AS after_rows",
    "update": "OLD TABLE AS before_rows NEW TABLE AS after_rows",
    "delete": "OLD TABLE AS before_rows",
}
EVENTS = ("insert", "update", "delete")


def upgrade() -> None:
    for table in ("applications", "memberships"):
        op.add_column(table, sa.Column("sex", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("birth_year", sa.Integer(), nullable=True))
        op.create_index(f"ix_{table}_undescribed", table, ["id"], **_where("birth_year IS NULL"))
    op.create_index("ix_memberships_village_code", "memberships", ["village_code"])
    _tables()
    for table in (*OWN, *THROUGH):
        _note_changes(table)
    for table in OWN:
        op.execute(f"{NOTE} SELECT DISTINCT 10, village_code FROM {table}")  # noqa: S608


def _tables() -> None:
    op.create_table(
        "coverage",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("around", sa.Text(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_coverage"),
    )
    op.create_index("ix_coverage_level_code", "coverage", ["level", "code"])
    op.create_index("ix_coverage_around", "coverage", ["around"])
    op.create_table(
        "coverage_touched",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_touched"),
    )
    op.create_index("ix_coverage_touched_level_code", "coverage_touched", ["level", "code"])
    op.create_table(
        "coverage_counts",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("checked_code", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_coverage_counts"),
    )
    op.create_table(
        "workforces",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.Column("by_account", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workforces"),
    )
    op.create_index("ix_workforces_code", "workforces", ["code"])
    op.create_table(
        "group_cards",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("chat_id", ID, nullable=True),
        sa.Column("secret_sha256", sa.LargeBinary(32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_group_cards_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_group_cards"),
        sa.UniqueConstraint("chat_id", name="uq_group_cards_chat_id"),
    )
    op.create_index("ix_group_cards_account_id", "group_cards", ["account_id"])


def _note_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in EVENTS:
            op.execute(SQLITE.format(table=table, event=event, rows=_row(table, event)))
        return
    before, after = (_rows(table, name) for name in ("before_rows", "after_rows"))
    op.execute(POSTGRESQL.format(table=table, note=NOTE, before=before, after=after, new=NEW))
    for event in EVENTS:
        op.execute(
            f"CREATE TRIGGER coverage_{table}_{event} AFTER {event} ON {table} "
            f"REFERENCING {TRANSITION[event]} FOR EACH STATEMENT EXECUTE FUNCTION coverage_{table}()"
        )


def _row(table: str, event: str) -> str:
    names = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
    if table in OWN:
        return "(" + " UNION ".join(f"SELECT {name}.village_code AS village_code" for name in names) + ")"
    other, column = THROUGH[table]
    ids = ", ".join(f"{name}.{column}" for name in names)
    return f"(SELECT village_code FROM {other} WHERE id IN ({ids}))"  # noqa: S608


def _rows(table: str, name: str) -> str:
    if table in OWN:
        return name
    other, column = THROUGH[table]
    return f"{name} JOIN {other} AS other ON other.id = {name}.{column}"


def _where(condition: str) -> dict[str, object]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def downgrade() -> None:
    for table in (*OWN, *THROUGH):
        for event in EVENTS:
            on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
            op.execute(f"DROP TRIGGER coverage_{table}_{event}{on}")
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION coverage_{table}()")
    for table in ("group_cards", "workforces", "coverage_counts", "coverage_touched", "coverage"):
        op.drop_table(table)
    op.drop_index("ix_memberships_village_code", "memberships")
    for table in ("memberships", "applications"):
        op.drop_index(f"ix_{table}_undescribed", table)
        op.drop_column(table, "birth_year")
        op.drop_column(table, "sex")
