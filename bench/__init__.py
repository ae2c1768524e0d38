"""Measurements: `python -m bench` and two programs beside it. They print, and assert nothing."""
