"""Unlinks that cannot be answered at once: the ERP can only be polled."""
