"""The schema as its clients see it, over HTTP."""
