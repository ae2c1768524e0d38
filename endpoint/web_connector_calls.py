"""The eight calls of the QuickBooks Web Connector, answered: who may, what to ask, what came back.

A session is a row of the database, so that each call may come to another process, and a restart
ends none: what was handed out before is answered after it. A visit that breaks off costs nothing:
what was not answered is asked at the next one.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from adapters.erps.quickbooks_desktop import NoAnswer, could_be_of_quickbooks
from adapters.stored_erps import StoredErps
from adapters.web_connector.company import is_of
from adapters.web_connector.operations import Answer, Call
from adapters.web_connector.qwc import file_id
from domain.agents import AgentSession, AgentSessions, Question
from domain.erps import Canary, ErpIntegration, ErpTrouble, Sighting
from endpoint.web_connector_door import LOG, Door, Visit, new_ticket, told_of
from resolvers.agents import answered, next_question
from resolvers.context import Services

SESSION = timedelta(minutes=10)
"""How long a ticket is good after it was given, and after each question: QuickBooks may be slow."""
WRONG, NOTHING, BUSY = "nvu", "none", "busy"
FAILED, MORE, DONE = -1, 50, 100

OVER = "This session is over, or a newer one took its place: update again."
NOTHING_TO_ASK = "There is nothing to ask."
NOT_ASKED = "Nothing was asked, or its answer was brought before."
WHEN_OVER: Mapping[str, Answer] = {
    "sendRequestXML": "",
    "receiveResponseXML": FAILED,
    "connectionError": "done",
    "getLastError": OVER,
    "closeConnection": "OK",
}
NO_BILL = "QuickBooks shows no bill, so that it cannot be told whether we see bills at all."
ANOTHER_FILE = (
    "QuickBooks has another company file open than the one this connection is about. Open that "
    "one, or have its path corrected: erp-link connections add."
)
NOT_THE_FILE = (
    "The company file does not hold the FileID of this connection's .qwc file: it is another "
    "company's, or the file was made for another connection."
)


class WebConnector:
    """Answers calls. Raises StoreUnavailable, and nothing else."""

    def __init__(self, services: Services, erps: StoredErps, sessions: AgentSessions) -> None:
        self._services, self._sessions = services, sessions
        self._door = Door(services, erps, sessions)

    async def answer(self, call: Call, caller: str) -> Answer:
        """`caller` is where it comes from, an address: who guesses is kept from guessing on."""
        match call.name:
            case "serverVersion":
                return "ERP Link"
            case "clientVersion":
                return ""  # go on: all versions make these calls
            case "authenticate":
                return await self._authenticate(call["strUserName"], call["strPassword"], caller)
        visit = await self._door.visit(call["ticket"], datetime.now(UTC))
        if visit is None:
            return WHEN_OVER[call.name]
        match call.name:
            case "sendRequestXML":
                return await self._send_request(visit, call)
            case "receiveResponseXML":
                return await self._receive_response(visit, call["response"], call["hresult"])
            case "connectionError":
                await self._tell(visit, f"QuickBooks cannot be opened ({_code(call['hresult'])}).")
                return "done"
            case "getLastError":
                return visit.session.trouble or NOTHING_TO_ASK
        await self._sessions.close(visit.session, visit.ticket)
        return visit.session.trouble or "OK"

    async def _authenticate(self, name: str, password: str, caller: str) -> list[str]:
        """The ticket, and the company file to open or why there is nothing to do."""
        let_in = await self._door.let_in(name, password, caller)
        if isinstance(let_in, int):
            return [_no_ticket(), BUSY, str(let_in)] if let_in else [_no_ticket(), WRONG]
        integration, erp = let_in
        now = datetime.now(UTC)
        if await self._next(integration, None) is None:
            await self._sessions.called(integration, now)
            return [_no_ticket(), NOTHING]
        ticket = new_ticket(integration)
        await self._sessions.open(integration, ticket, now, now + SESSION)
        return [ticket, erp.company_file]

    async def _send_request(self, visit: Visit, call: Call) -> str:
        """qbXML to ask QuickBooks; empty, with a trouble to tell, when there is none."""
        place = call["strCompanyFileName"]
        if not visit.erp.is_at(place):
            return await self._refused(visit, ANOTHER_FILE)
        key = (visit.integration.company_id, visit.integration.id)
        if visit.session.place is None and not is_of(call["strHCPResponse"], file_id(*key)):
            return await self._refused(visit, NOT_THE_FILE)
        question = await self._next(visit.integration, visit.session)
        if question is None:
            return await self._refused(visit, None)
        until = datetime.now(UTC) + SESSION
        if not await self._sessions.hand_out(visit.session, visit.ticket, question, place, until):
            return ""
        version = (int(call["qbXMLMajorVers"]), int(call["qbXMLMinorVers"]))
        return visit.erp.question(question.id, question.record_ids, question.asked_at, version)

    async def _receive_response(self, visit: Visit, response: str, hresult: str) -> int:
        """How much is done, in percent; less than nothing, with a trouble to tell."""
        question = visit.session.question
        if question is None:
            return await self._failed(visit, NOT_ASKED)
        if not visit.erp.is_at(visit.session.place or ""):  # the settings are others now
            return await self._failed(visit, ANOTHER_FILE)
        if hresult.strip():
            await self._sessions.take(visit.session, visit.ticket, question)
            return await self._failed(visit, f"QuickBooks was not asked ({_code(hresult)}).")
        trouble = await self._read(visit, question, response)
        if trouble is not None:
            return await self._failed(visit, trouble)
        await self._tell(visit, None)
        again = await self._door.visit(visit.ticket, datetime.now(UTC))
        if again is None or await self._next(again.integration, again.session) is None:
            return DONE
        return MORE

    async def _read(self, visit: Visit, question: Question, response: str) -> str | None:
        """Make of an answer what there is to make, once. The trouble, if any."""
        erp, integration = visit.erp, visit.integration
        said: Sequence[Sighting] | ErpTrouble = ()
        canary: Canary | None = None
        id, at = question.id, question.asked_at
        try:  # aside, in a thread: it may be long
            if question.record_ids:
                said = await asyncio.to_thread(erp.answer, id, question.record_ids, at, response)
            else:
                canary = await asyncio.to_thread(erp.canary, id, at, response)
        except NoAnswer as problem:
            return problem.detail
        except ErpTrouble as trouble:
            said = trouble
        if not await self._sessions.take(visit.session, visit.ticket, question):
            return NOT_ASKED
        if question.record_ids:
            await answered(self._services, self._sessions, integration, question, said)
        elif canary is not None:
            await self._services.ledger.keep_canary(integration, canary)
        if isinstance(said, ErpTrouble):
            return said.detail
        return None if canary or question.record_ids else NO_BILL

    async def _next(
        self, integration: ErpIntegration, session: AgentSession | None
    ) -> Question | None:
        services, sessions = self._services, self._sessions
        return await next_question(services, sessions, integration, session, could_be_of_quickbooks)

    async def _refused(self, visit: Visit, trouble: str | None) -> str:
        await self._tell(visit, trouble)
        return ""

    async def _failed(self, visit: Visit, trouble: str) -> int:
        await self._tell(visit, trouble)
        return FAILED

    async def _tell(self, visit: Visit, trouble: str | None) -> None:
        """For the Web Connector's user, for `connections check`, and for the log."""
        if trouble is not None:
            LOG.warning("agent trouble", extra=told_of(visit.integration) | {"detail": trouble})
        await self._sessions.tell(visit.session, visit.ticket, trouble)


def _no_ticket() -> str:
    """What stands for a ticket where there is no session: the Web Connector expects one."""
    return str(uuid4())


def _code(hresult: str) -> str:
    """What QuickBooks calls its error; its words may hold anything, and are not kept."""
    code = hresult.strip()
    return code if re.fullmatch(r"0x[0-9A-Fa-f]{1,8}", code) else "an error without its code"
