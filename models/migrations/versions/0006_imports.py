"""Lists of workers that were sent, and the sealed parts of each."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.TIMESTAMP(timezone=True)
CLOSED = {"native_enum": False, "create_constraint": True, "length": 16}
UNDER_WAY = sa.text("stage IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "stage", sa.Enum("asked", "waiting", "running", "done", name="stage", **CLOSED), nullable=False
        ),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("agreement_how", sa.Text(), nullable=True),
        sa.Column("agreed_when", sa.Text(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("text_sha256", sa.LargeBinary(32), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("after_row", sa.Integer(), nullable=False),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("progress_message", ID, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_imports_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_account_id", "imports", ["account_id"])
    op.create_index(
        "ix_imports_under_way",
        "imports",
        ["after_row"],
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "import_parts",
        sa.Column("import_id", ID, autoincrement=False, nullable=False),
        sa.Column(
            "kind", sa.Enum("file", "list", "returned", "answer", name="kind", **CLOSED), nullable=False
        ),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_parts_import_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "kind", "number", name="pk_import_parts"),
    )


def downgrade() -> None:
    op.drop_table("import_parts")
    op.drop_table("imports")
