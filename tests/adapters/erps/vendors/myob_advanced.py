"""MYOB Acumatica, which was MYOB Advanced: Acumatica's engine, and what it says."""

from tests.adapters.erps.vendors.acumatica import VENDOR

__all__ = ["VENDOR"]
