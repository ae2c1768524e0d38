"""The ERPs."""
