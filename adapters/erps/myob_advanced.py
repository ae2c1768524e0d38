"""MYOB Acumatica, which was MYOB Advanced: the same engine as Acumatica's, and the same API.

Its documentation is what most facts of `acumatica.py` are from.
"""

from adapters.erps.acumatica import connect

__all__ = ["connect"]
