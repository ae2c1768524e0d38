"""The connections of integrations: as the vault says, or else as the environment does."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from adapters.erps import ConfiguredErps
from adapters.sealing import ConnectionKey
from adapters.vault import Settings, Vault
from domain.erps import Canary, ErpIntegration, RecordId, Sighting
from domain.ports import Erp


@dataclass(frozen=True, slots=True)
class StoredErps:
    """`Erps` that follow the vault: what is stored or removed counts after FRESH_SECONDS.

    What is stored wins over what the environment says of the same connection.
    """

    told: ConfiguredErps
    vault: Vault = field(repr=False)
    _made: dict[ConnectionKey, tuple[UUID, Erp]] = field(default_factory=dict, repr=False)
    """With the entry that each was made of. What was renewed since, it is told when it asks."""

    def of(self, integration: ErpIntegration) -> Erp:
        """Never raises: what is wrong with the settings, the questions say."""
        return StoredErp(integration, self)

    async def connected(self, integration: ErpIntegration) -> Erp:
        """The connection, made anew when somebody entered others. Raises ErpTrouble."""
        key = (integration.company_id, integration.id)
        held = await self.vault.settings(key)
        if held is None:
            self._made.pop(key, None)
            return self.told.of(integration)
        made = self._made.get(key)
        if made is None or made[0] != held.entry:
            connection = self.connection_of(integration, held.settings)
            made = self._made[key] = (held.entry, connection)
        return made[1]

    async def settings_of(self, integration: ErpIntegration) -> Settings:
        """What is stored, or else what the environment says; none where there is none.

        For an ERP whose agent asks us. Raises ErpTrouble as the vault does.
        """
        held = await self.vault.settings((integration.company_id, integration.id))
        return self.told.settings.get(name_of(integration), {}) if held is None else held.settings

    def connection_of(self, integration: ErpIntegration, settings: Settings) -> Erp:
        """A connection of these settings; what its ERP changes of them, the vault keeps.

        Raises ErpTrouble(NOT_CONFIGURED) as `connect` does.
        """
        around = replace(self.told.around, secrets=self.vault)
        alone = ConfiguredErps(around, {name_of(integration): settings})
        return alone.of(integration)


@dataclass(frozen=True, slots=True)
class StoredErp:
    """One integration's connection, whose settings are read when it is asked."""

    integration: ErpIntegration
    all: StoredErps

    async def look_up(self, record_ids: Sequence[RecordId]) -> Sequence[Sighting]:
        return await (await self.all.connected(self.integration)).look_up(record_ids)

    async def choose_canary(self) -> Canary | None:
        return await (await self.all.connected(self.integration)).choose_canary()


def name_of(integration: ErpIntegration) -> str:
    """As ERP_LINK_CONNECTIONS names it."""
    return f"{integration.company_id}/{integration.id}"
