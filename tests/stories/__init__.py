"""Whole stories, told as the people live them, against the real things."""
