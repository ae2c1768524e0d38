"""The database: tables, statements, and rows turned into domain values."""
