"""Who calls as a QuickBooks Web Connector: by a password, and then by the ticket given for it."""

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from adapters.erps.quickbooks_desktop import QuickBooksDesktop, connect
from adapters.stored_erps import StoredErps
from adapters.web_connector.qwc import ERP, connection_named, username
from adapters.web_connector.wrong_passwords import WrongPasswords
from domain.agents import AgentSession, AgentSessions
from domain.erps import ErpIntegration, ErpTrouble
from resolvers.context import Services

Connection = tuple[ErpIntegration, QuickBooksDesktop]

LOG = logging.getLogger("erp_link.agents")


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that is going on, with the connection that it is about, as it is now."""

    session: AgentSession
    ticket: str
    integration: ErpIntegration
    erp: QuickBooksDesktop


class Door:
    """Lets in whoever has the password of a connection. Raises StoreUnavailable."""

    def __init__(self, services: Services, erps: StoredErps, sessions: AgentSessions) -> None:
        self._services, self._erps, self._sessions = services, erps, sessions
        self._wrong = WrongPasswords()

    async def let_in(self, name: str, password: str, caller: str) -> Connection | int:
        """The connection that goes by this name; or, where the password is not its own, 0.

        A number of seconds: how long no more passwords of this caller are looked at.
        """
        key = connection_named(name)
        who = (key, caller)
        if wait := self._wrong.wait(who):
            return wait
        found = None if key is None else await self._connection(*key)
        if found is not None and found[1].lets_in(password):
            return found
        self._wrong.count(who)
        if found is not None:
            LOG.warning("agent refused", extra=told_of(found[0]))
        return 0

    async def visit(self, ticket: str, now: datetime) -> Visit | None:
        """The session of a ticket; None when it is over, or its connection is no more."""
        key = connection_named(ticket.rpartition("-")[0])
        session = await self._sessions.find(*key, ticket, now) if key else None
        if key is None or session is None or (found := await self._connection(*key)) is None:
            return None
        return Visit(session, ticket, *found)

    async def _connection(self, company_id: int, id: int) -> Connection | None:
        """The connection of these ids, if there is one, to this ERP, and it can be used."""
        for each in await self._services.invoices.integrations(company_id):
            if each.id == id and each.erp == ERP:
                with suppress(ErpTrouble):
                    settings = await self._erps.settings_of(each)
                    return each, connect(each, settings, self._erps.told.around)
        return None


def new_ticket(integration: ErpIntegration) -> str:
    """It names its connection, so that its look-up does."""
    return f"{username(integration.company_id, integration.id)}-{secrets.token_hex(32)}"


def told_of(integration: ErpIntegration) -> dict[str, object]:
    """Which connection a line of the log is about."""
    return {"company": integration.company_id, "integration": integration.id, "erp": ERP}
