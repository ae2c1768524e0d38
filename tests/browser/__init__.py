"""ERP Link from end to end: its own commands, and its pages in a real browser."""
