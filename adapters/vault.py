"""The vault: settings of connections, encrypted in the database, read and renewed from there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid4

from adapters.sealing import ConnectionKey, key_id, seal, unseal
from adapters.secret_keys import Keyring, SecretKey
from adapters.store.connection_secrets import SealedSecret, SqlConnectionSecrets
from domain.erps import ErpTrouble, Trouble
from domain.ports import StoreUnavailable

Settings = Mapping[str, str]
Renew = Callable[[Settings], Awaitable[Settings]]

FRESH_SECONDS = 5.0
"""How long a process goes on with settings that it has read: a change is seen after that."""
RENEWAL_SECONDS = 20.0
"""How long an ERP may take to renew credentials, all in all."""
WRITING_SECONDS = 10.0
"""How long it is tried to write renewed credentials while the database is away."""
LEASE_SECONDS = 40.0
"""How long others wait for whoever renews, who may have died: longer than all of the above."""
POLL_SECONDS = 0.1
"""How often those who wait look whether there is something new."""
ENDING_SECONDS = 5.0
"""How long the end of the process waits for renewals that are under way."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the vault holds of a connection."""

    version: UUID
    entry: UUID
    """Another one each time that somebody enters settings; renewals keep it."""
    settings: Settings = field(repr=False)


H = TypeVar("H", Held, Held | None)


class Vault:
    """The stored settings of connections.

    Its methods raise ErpTrouble(NOT_CONFIGURED) for settings that cannot be decrypted, and
    StoreUnavailable as the store does.
    """

    def __init__(
        self,
        secrets: SqlConnectionSecrets,
        keys: Keyring,
        *,
        fresh_seconds: float = FRESH_SECONDS,
        lease_seconds: float = LEASE_SECONDS,
        renewal_seconds: float = RENEWAL_SECONDS,
    ) -> None:
        self.secrets = secrets
        self.keys = keys
        self._fresh_seconds = fresh_seconds
        self._lease_seconds = lease_seconds
        self._renewal_seconds = renewal_seconds
        self._read: dict[ConnectionKey, tuple[float, Held | None]] = {}
        self._renewing: dict[ConnectionKey, asyncio.Task[Settings]] = {}

    async def settings(self, key: ConnectionKey) -> Held | None:
        """What is stored, as it was at most FRESH_SECONDS ago; None when nothing is."""
        at, held = self._read.get(key, (float("-inf"), None))
        if time.monotonic() - at < self._fresh_seconds:
            return held
        return await self._newest(key)

    async def put(self, key: ConnectionKey, settings: Settings) -> None:
        """Store settings, in place of those there are. Raises SecretKeyError without a key."""
        version = await self.secrets.put(key, self._sealed(key, settings))
        self._keep(key, Held(version, version, settings))

    async def reseal(self, secret: SealedSecret, newest: SecretKey) -> bool:
        """Encrypt the same settings with another key. False: there was no need to."""
        found: SealedSecret | None = secret
        while found is not None and key_id(found.sealed) != newest.id:
            sealed = seal(self.unsealed(found).settings, newest, found.key)
            if await self.secrets.reseal(found, sealed):
                return True
            found = await self.secrets.find(secret.key)
        return False

    def unsealed(self, found: SealedSecret) -> Held:
        return Held(found.version, found.entry, unseal(found.sealed, self.keys, found.key))

    async def refreshed(
        self, key: ConnectionKey, renew: Renew, used: Settings | None = None
    ) -> Settings:
        """The settings after `renew`, or those of whoever was first to renew them.

        One renewal is under way at a time for each connection, in all processes. `renew` is
        called with the newest settings, unless they are others than the caller knew: `used`, or
        else what this process last read. It may take RENEWAL_SECONDS, and goes on to its end
        when its callers are cancelled: what it answers may be all that still opens the ERP.
        Raises what `renew` raises.
        """
        task = self._renewing.get(key)
        if task is None:
            task = asyncio.create_task(self._refreshed(key, renew, used))
            self._renewing[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Let renewals that are under way come to their end, for a while."""
        if tasks := set(self._renewing.values()):
            _, late = await asyncio.wait(tasks, timeout=ENDING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _refreshed(self, key: ConnectionKey, renew: Renew, used: Settings | None) -> Settings:
        known = await self._known(key, used)
        holder = uuid4()
        while (old := await self.secrets.lease(key, holder, self._lease_seconds)) is None:
            newest = await self._newest_of_all(key)
            if newest.version != known:
                return newest.settings
            await asyncio.sleep(POLL_SECONDS)
        try:
            held = self._keep(key, self.unsealed(old))
            if held.version != known:
                return held.settings
            return await self._renewed(old, held.settings, renew)
        finally:
            with suppress(StoreUnavailable):  # then it ends by itself
                await self.secrets.release(key, holder)

    async def _known(self, key: ConnectionKey, used: Settings | None) -> UUID | None:
        """The version that the caller has had enough of; None: not one that is stored now."""
        if used is None and (known := self._read.get(key, (0.0, None))[1]) is not None:
            return known.version
        newest = await self._newest_of_all(key)
        return newest.version if used is None or used == newest.settings else None

    async def _renewed(self, old: SealedSecret, settings: Settings, renew: Renew) -> Settings:
        try:
            async with asyncio.timeout(self._renewal_seconds) as patience:
                new = await renew(settings)
        except TimeoutError:
            if not patience.expired():
                raise
            detail = f"the credentials were not renewed within {self._renewal_seconds:g} s"
            raise ErpTrouble(Trouble.TIMEOUT, detail) from None
        version = await self._replaced(old, self._sealed(old.key, new))
        if version is None:  # added anew, or removed, in the meantime: that is the newest word
            return (await self._newest_of_all(old.key)).settings
        return self._keep(old.key, Held(version, old.entry, new)).settings

    async def _replaced(self, old: SealedSecret, sealed: bytes) -> UUID | None:
        """Insist: the ERP may take the old ones no more, and nobody else has the new ones."""
        until = time.monotonic() + WRITING_SECONDS
        while True:
            try:
                return await self.secrets.replace(old, sealed)
            except StoreUnavailable:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(POLL_SECONDS)

    async def _newest(self, key: ConnectionKey) -> Held | None:
        now = time.monotonic()  # before the look: what was read is never fresher than it seems
        found = await self.secrets.find(key)
        return self._keep(key, None if found is None else self.unsealed(found), now)

    async def _newest_of_all(self, key: ConnectionKey) -> Held:
        if (held := await self._newest(key)) is not None:
            return held
        raise ErpTrouble(
            Trouble.NOT_CONFIGURED,
            "nothing is stored of this connection any more: `erp-link connections add`",
        )

    def _keep(self, key: ConnectionKey, held: H, at: float | None = None) -> H:
        self._read[key] = (time.monotonic() if at is None else at, held)
        return held

    def _sealed(self, key: ConnectionKey, settings: Settings) -> bytes:
        return seal(settings, self.keys.newest(), key)

    def _ended(self, key: ConnectionKey, task: asyncio.Task[Settings]) -> None:
        del self._renewing[key]
        with suppress(asyncio.CancelledError):
            task.exception()  # its callers were told, unless they had gone
