"""How Alembic runs our migrations: on the connection it is given, inside that connection's transaction."""

from alembic import context

from models import tables
from models.migrations.gently import Gently
from models.storage.base import Base

connection = context.config.attributes["connection"]
Gently.gentle = context.config.attributes["gentle"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    compare_type=True,
)
assert tables.TABLES  # noqa: S101 - every table is known before they are compared
context.run_migrations()
