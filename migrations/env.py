"""How Alembic reaches the database: over the connection that `adapters.store.migrate` hands it."""

from alembic import context
from sqlmodel import SQLModel

import adapters.store.tables  # noqa: F401  (fills the metadata)
from adapters.store.migrate import is_in_the_models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=is_in_the_models,
    render_as_batch=False,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
