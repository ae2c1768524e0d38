"""The ERPs we can ask, one module each, found by their file name.

A module offers `connect(integration, settings, around) -> Erp`, and is used for the
integrations whose `erp` is the module's name. Names with a leading underscore are shared parts.
Every connection is guarded here: what it takes, and how often it is asked, is bounded.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import httpx2

from adapters.erps._guard import Bounds, Guarded
from adapters.erps._secrets import InMemorySecrets, RotatingSecrets
from domain.erps import ErpIntegration, ErpTrouble, Trouble
from domain.ports import Erp

__all__ = ["Around", "ConfiguredErps", "InMemorySecrets", "RotatingSecrets", "available"]


@dataclass(frozen=True, slots=True)
class Around:
    """What every connection shares: the HTTP client, and the folder of the demo ERP.

    `secrets` keeps the settings that an ERP changes; by default no longer than the process.
    """

    http: httpx2.AsyncClient
    data_dir: Path
    secrets: RotatingSecrets = field(default_factory=InMemorySecrets)


def available() -> frozenset[str]:
    """The names of the ERPs that there is a module for."""
    return frozenset(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


@dataclass(frozen=True, slots=True)
class ConfiguredErps:
    """The connections of all integrations, each made when it is first asked for."""

    around: Around
    settings: Mapping[str, Mapping[str, str]] = field(repr=False)
    """By "<company id>/<integration id>"."""
    _made: dict[tuple[int, int], Erp] = field(default_factory=dict)

    def of(self, integration: ErpIntegration) -> Erp:
        key = (integration.company_id, integration.id)
        if key not in self._made:
            self._made[key] = self._connect(integration)
        return self._made[key]

    def _connect(self, integration: ErpIntegration) -> Erp:
        if integration.erp not in available():
            raise ErpTrouble(
                Trouble.NOT_CONFIGURED, f"this service cannot ask the ERP {integration.erp!r}"
            )
        settings = self.settings.get(f"{integration.company_id}/{integration.id}", {})
        module = import_module(f"{__name__}.{integration.erp}")
        erp: Erp = module.connect(integration, settings, self.around)
        patience = self.around.http.timeout.read
        bounds = Bounds() if patience is None else Bounds(slow_seconds=patience / 2)
        return Guarded(erp, bounds)
