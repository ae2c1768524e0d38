"""The real servers the suite starts by itself: PostgreSQL, Tryton and Chromium."""
