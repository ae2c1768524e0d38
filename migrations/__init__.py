"""The history of the database's schema, one Alembic revision a change."""
