"""Viewpoint Vista, reached through Agave: `_agave.py` says how."""

from adapters.erps._agave import connect

__all__ = ["connect"]
