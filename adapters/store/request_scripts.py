"""How a request to unlink is opened and ended, each as one transaction: the whole or nothing.

The end of a link is made of the same parts as in an unlink that is answered at once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.store.ended_as import document_of
from adapters.store.ending import (
    AT,
    ATTEMPT,
    COMPANY,
    INVOICE,
    LINK,
    PRUNED_BEFORE,
    Written,
    as_seen,
    change,
    ending,
    freeing,
    freeing_lines,
    given,
    seeing,
)
from adapters.store.findable import SEARCHABLE, found_by
from adapters.store.outbox import pruning, waking
from adapters.store.prepared import Prepared
from adapters.store.rows import ATTEMPTS, CHANGES, INVOICES, REQUESTS
from adapters.store.scripts import Script
from adapters.store.search import search_text
from adapters.store.statements import inside
from adapters.store.unlinking import values_of
from domain.changes import ChangeKind
from domain.erps import Sighting
from domain.unlink_requests import UnlinkRequest
from domain.unlinking import UnlinkAttempt, Unlinked, UnlinkRefusal

Values = dict[str, Any]
REQUEST = given(REQUESTS.c.id, "request_id")
OPENED: Written = {
    "company_id": COMPANY,
    "id": REQUEST,
    "link_id": LINK,
    **{name: given(REQUESTS.c[name]) for name in ("person_id", "person_name", "waits_until")},
    "asked_at": AT,
}


class LinkMoved(Exception):
    """The link that a request is about is not the invoice's active one any more."""


class RequestScripts:
    """Makes a script, and the values that its statements are given."""

    def __init__(self, dialect: Dialect) -> None:
        self._id = REQUESTS.c.id.type.dialect_impl(dialect).result_processor(dialect, None)
        kind: Any = sqlite if dialect.name == "sqlite" else postgresql
        opening = kind.insert(REQUESTS).values(OPENED).on_conflict_do_nothing()
        not_ended = inside(COMPANY, REQUESTS), REQUESTS.c.ended_at.is_(None)
        waiting = select(REQUESTS.c.id, REQUESTS.c.waits_until > AT).where(
            *not_ended, REQUESTS.c.link_id == LINK
        )
        answered = (
            update(REQUESTS)
            .where(*not_ended, REQUESTS.c.id == REQUEST)
            .values(ended_at=AT, ended_as=given(REQUESTS.c.ended_as))
            .returning(REQUESTS.c.id)
        )
        self._opening = Prepared(opening, dialect)
        self._waiting = Prepared(waiting, dialect)
        self._attempt = Prepared(insert(ATTEMPTS).values(ATTEMPT), dialect)
        self._answered = Prepared(answered, dialect)
        self._ending = Prepared(ending(), dialect)
        self._freeing = Prepared(freeing(), dialect)
        self._freeing_lines = Prepared(freeing_lines(), dialect)
        self._seeing = Prepared(seeing(), dialect)
        self._words = Prepared(found_by(COMPANY).where(INVOICES.c.id == INVOICE), dialect)
        self._searchable = Prepared(SEARCHABLE, dialect)
        self._change = Prepared(insert(CHANGES).inline().values(change(dialect)), dialect)
        self._waking = Prepared(select(waking(COMPANY)), dialect)
        self._pruning = Prepared(pruning(dialect, COMPANY, PRUNED_BEFORE), dialect)
        self._wakes = dialect.name == "postgresql"

    def opening(
        self, attempt: UnlinkAttempt, waits_until: datetime
    ) -> tuple[Values, Callable[[], Script[UUID | None]]]:
        """Answers the id of the request that waits then; None: ask again.

        The attempt is recorded unless that request is overdue.
        """
        values = values_of(attempt) | {"request_id": attempt.id, "waits_until": waits_until}

        def script() -> Script[UUID | None]:
            yield self._opening
            found = yield self._waiting
            if not found:
                return None
            ((id, is_waiting),) = found
            if is_waiting:
                yield self._attempt
            request_id: UUID | None = self._id(id) if self._id else id
            return request_id

        return values, script

    def ending(
        self,
        request: UnlinkRequest,
        attempt: UnlinkAttempt,
        outcome: Unlinked | UnlinkRefusal,
        sighting: Sighting | None,
    ) -> tuple[Values, Callable[[], Script[bool]]]:
        """Answers False, and writes nothing, when the request was ended before.

        Raises LinkMoved instead of an unlink, where its link is not the invoice's any more.
        """
        unlinks = isinstance(outcome, Unlinked)
        kind = ChangeKind.UNLINKED if unlinks else ChangeKind.RECORD_STATE_SEEN
        told = values_of(attempt, kind, attempt.by if unlinks else None)
        ended = {"request_id": request.id, "ended_as": document_of(outcome)}

        def script() -> Script[bool]:
            if not (yield self._answered):
                return False
            if unlinks:
                yield from self._unlink()
            elif sighting is not None:
                yield from self._see(values)
            yield self._attempt
            return True

        values = told | ended | as_seen(sighting)
        return values, script

    def _unlink(self) -> Script[None]:
        """Links first, then invoices, as an import locks them."""
        if not (yield self._ending):
            raise LinkMoved
        if not (yield self._freeing):
            raise RuntimeError("an invoice does not hold its own active link")
        yield self._freeing_lines
        yield from self._tell()

    def _see(self, values: Values) -> Script[None]:
        """Keep what the ERP said of the record, unless the link was ended meanwhile."""
        if not (yield self._seeing):
            return
        for id, *words in (yield self._words):
            searched = {"_company": values["company_id"], "_invoice": id}
            values |= searched | {"text": search_text(*words)}
            yield self._searchable
        yield from self._tell()

    def _tell(self) -> Script[None]:
        """The change, for those who watch."""
        yield self._change
        if self._wakes:
            yield self._waking
        yield self._pruning
