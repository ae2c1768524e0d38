"""Every situation in which an ERP may be asked, and what must then hold of any adapter.

A vendor that a situation cannot be with says so, with the reason (`Vendor.cannot_be`).
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from domain.erps import Canary, ErpTrouble, RecordId, RecordState, Trouble
from domain.ports import Erp
from domain.unlinking import Gone, StillThere, verdict
from tests.adapters.erps.contract import (
    HttpVendor,
    Vendor,
    a_link,
    an_integration,
    canary_of,
    judge,
)
from tests.adapters.erps.mischief import (
    MISCHIEF,
    Expected,
    answering,
    redirecting,
    silence,
    split,
    tampered,
    trickle,
)
from tests.adapters.erps.vendor_server import Answer, VendorServer


@dataclass(frozen=True, slots=True)
class Bench:
    """One ERP with everything that can be done to it."""

    name: str
    vendor: Vendor
    connect: Callable[..., Erp]
    """With settings that differ from the right ones where that is said."""
    server: VendorServer
    elsewhere: VendorServer
    untrusted_url: str
    settings: Mapping[str, str]

    @property
    def http(self) -> HttpVendor:
        assert self.vendor.http is not None
        return self.vendor.http

    async def trouble(self, erp: Erp) -> ErpTrouble:
        """Of a look-up of a deleted bill, which no trouble may make a definite one."""
        with pytest.raises(ErpTrouble) as caught:
            await erp.look_up([self.vendor.deleted, self.vendor.canary])
        return caught.value

    def places(self, wrong: Callable[[Answer], Answer]) -> Iterable[Answer]:
        """The wrong answer where bills are asked for; then where tokens are, if anywhere."""
        right, path = self.http.answer, self.http.token_path
        if path is None:
            yield wrong(right)
        else:
            yield split(path, right, wrong(right))
            yield split(path, wrong(right), right)

    def requests(self) -> int:
        return len(self.server.requests)


def always(answer: Answer) -> Callable[[Answer], Answer]:
    return lambda right: answer


Check = Callable[[Bench], Awaitable[None]]


def present(state: RecordState, **counts: bool) -> Check:
    async def check(bench: Bench) -> None:
        erp = bench.connect()
        canary = await canary_of(erp)
        record_id, asked_at = bench.vendor.bill(state), datetime.now(UTC)
        answer = await erp.look_up([record_id, canary.record_id])
        assert answer[0].state is state
        assert judge(bench.name, canary, answer, asked_at) == StillThere(answer[0])
        if counts:
            assert isinstance(judge(bench.name, canary, answer, asked_at, **counts), Gone)

    return check


async def deleted(bench: Bench) -> None:
    erp = bench.connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([bench.vendor.deleted, canary.record_id])
    assert answer[0].state is bench.vendor.deletion_is
    assert isinstance(judge(bench.name, canary, answer, asked_at), Gone)
    with pytest.raises(ErpTrouble) as doubt:  # not seen in the same answer
        judge(bench.name, canary, answer[:1], asked_at)
    assert doubt.value.trouble is Trouble.NOT_VISIBLE


async def never_existed(bench: Bench) -> None:
    await absent_and_never_seen(bench, bench.vendor.never_existed)


async def not_visible(bench: Bench) -> None:
    await absent_and_never_seen(bench, bench.vendor.of_another_company)


async def absent_and_never_seen(bench: Bench, record_id: RecordId) -> None:
    erp = bench.connect()
    canary, asked_at = await canary_of(erp), datetime.now(UTC)
    answer = await erp.look_up([record_id, canary.record_id])
    link = a_link(bench.name, answer[0].record_id, seen_at=None)
    assert answer[0].state is RecordState.ABSENT
    with pytest.raises(ErpTrouble) as doubt:
        verdict(an_integration(bench.name, canary), link, answer, asked_at)
    assert doubt.value.trouble is Trouble.NOT_VISIBLE


async def wrong_tenant(bench: Bench) -> None:
    """With the canary and the earlier sighting of the right one."""
    canary, wrong = await canary_of(bench.connect()), bench.connect(**bench.http.wrong_tenant)
    for record_id in (bench.vendor.deleted, bench.vendor.bill(RecordState.OPEN)):
        with pytest.raises(ErpTrouble) as doubt:
            await judged(bench.name, wrong, canary, record_id)
        trouble = doubt.value.trouble
        assert trouble in (Trouble.NOT_VISIBLE, Trouble.FORBIDDEN, Trouble.UNAUTHORIZED)


async def judged(name: str, erp: Erp, canary: Canary, record_id: RecordId) -> Gone | StillThere:
    asked_at = datetime.now(UTC)
    answer = await erp.look_up([record_id, canary.record_id])
    return judge(name, canary, answer, asked_at)


async def expired_token(bench: Bench) -> None:
    await after_expiry(bench, look_ups=1)


async def expired_token_met_by_twenty(bench: Bench) -> None:
    await after_expiry(bench, look_ups=20)


async def after_expiry(bench: Bench, look_ups: int) -> None:
    """One renewal for all, and every one is answered."""
    erp = bench.connect()
    await erp.look_up([bench.vendor.canary])
    assert bench.http.expire is not None
    bench.http.expire()
    bench.server.requests.clear()
    answers = await asyncio.gather(*(erp.look_up([bench.vendor.canary]) for _ in range(look_ups)))
    renewals = [r for r in bench.server.requests if r.url.path == bench.http.token_path]
    assert len(renewals) == 1
    assert all(answer[0].fingerprint for answer in answers)


async def revoked(bench: Bench) -> None:
    """Told to reconnect; the vendor is not asked over and over."""
    erp = bench.connect(**bench.http.revoked)
    said = await bench.trouble(erp)
    assert said.trouble is Trouble.UNAUTHORIZED
    assert "reconnect" in said.detail
    assert bench.requests() == 1
    assert (await bench.trouble(erp)).trouble is Trouble.UNAUTHORIZED
    assert bench.requests() == (1 if bench.http.token_path else 2)


def mischief(name: str) -> Check:
    async def check(bench: Bench) -> None:
        bad, expected = MISCHIEF[name]
        for place in bench.places(lambda right: answering(right, bad)):
            bench.server.answer = place
            assert_told(await bench.trouble(bench.connect()), expected, bench.http.patience)

    return check


def assert_told(said: ErpTrouble, expected: Expected, patience: int | None = None) -> None:
    assert said.trouble is expected.trouble
    if expected.retry_after_seconds is not None:
        earliest, latest = expected.retry_after_seconds
        assert said.retry_after_seconds is not None
        assert earliest <= said.retry_after_seconds <= latest
    elif said.trouble is Trouble.RATE_LIMITED:
        assert said.retry_after_seconds in (None, patience)
    else:
        assert said.retry_after_seconds is None


async def left_in_peace(bench: Bench) -> None:
    """Who asks meanwhile is told at once, and the vendor is not asked."""
    erp = bench.connect()
    bad, _ = MISCHIEF["a 429 with seconds"]
    bench.server.answer = answering(bench.http.answer, bad)
    assert_told(await bench.trouble(erp), Expected(Trouble.RATE_LIMITED, (17, 17)))
    asked = bench.requests()
    assert_told(await bench.trouble(erp), Expected(Trouble.RATE_LIMITED, (1, 17)))
    assert bench.requests() == asked


async def another_body(bench: Bench) -> None:
    change = bench.http.contradictions["the id of another bill"]
    bench.server.answer = answering(bench.http.answer, tampered(change), but=bench.http.token_path)
    with pytest.raises(ErpTrouble) as caught:
        await bench.connect().look_up([bench.vendor.bill(RecordState.OPEN), bench.vendor.canary])
    assert caught.value.trouble is Trouble.UNEXPECTED_ANSWER


async def redirect(bench: Bench) -> None:
    bench.elsewhere.answer = bench.http.answer
    for status in (301, 302, 303, 307, 308):
        for place in bench.places(always(redirecting(status, bench.elsewhere.url))):
            bench.server.answer = place
            said = await bench.trouble(bench.connect())
            assert said.trouble is Trouble.UNEXPECTED_ANSWER
    assert bench.elsewhere.requests == []


def slow(slowness: Answer) -> Check:
    async def check(bench: Bench) -> None:
        for place in bench.places(always(slowness)):
            bench.server.answer = place
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await bench.connect().look_up([bench.vendor.deleted, bench.vendor.canary])
        bench.server.answer = bench.http.answer
        [sighting] = await bench.connect().look_up([bench.vendor.canary])
        assert sighting.fingerprint

    return check


async def tls_error(bench: Bench) -> None:
    await unreachable(bench, bench.untrusted_url)


async def refused(bench: Bench) -> None:
    with socket.socket() as taken:  # bound, so that nobody else listens there; nor do we
        taken.bind(("127.0.0.1", 0))
        await unreachable(bench, f"http://127.0.0.1:{taken.getsockname()[1]}")


async def unreachable(bench: Bench, origin: str) -> None:
    for setting in ("url", "token_url"):
        if setting in bench.settings:
            there = bench.settings[setting].replace(bench.server.url, origin)
            said = await bench.trouble(bench.connect(**{setting: there}))
            assert said.trouble is Trouble.UNREACHABLE


CREDENTIALS: Mapping[str, Check] = {
    "expired token": expired_token,
    "expired token, met by twenty": expired_token_met_by_twenty,
    "revoked token": revoked,
}
NETWORK: Mapping[str, Check] = {
    "429 with a retry time": mischief("a 429 with seconds"),
    "429 without": mischief("a 429 that does not say for how long"),
    "asked again while limited": left_in_peace,
    "500": mischief("a 500 page"),
    "503 with a retry time": mischief("a 503 with seconds"),
    "HTML with status 200": mischief("a 200 page"),
    "404 page": mischief("a 404 page"),
    "404 in JSON": mischief("a 404 in JSON"),
    "truncated JSON": mischief("JSON cut short"),
    "a body for another id": another_body,
    "10 MB body": mischief("10 MB"),
    "redirect to another host": redirect,
    "slow headers": slow(silence),
    "trickle": slow(trickle),
    "TLS error": tls_error,
    "connection refused": refused,
}
SITUATIONS: Mapping[str, Check] = {
    "draft": present(RecordState.DRAFT),
    "open": present(RecordState.OPEN),
    "partly paid": present(RecordState.PARTLY_PAID),
    "paid": present(RecordState.PAID),
    "voided": present(RecordState.VOIDED, void_counts_as_gone=True),
    "reversed": present(RecordState.REVERSED, reversal_counts_as_gone=True),
    "deleted": deleted,
    "never existed": never_existed,
    "exists, not visible": not_visible,
    "wrong tenant": wrong_tenant,
    **CREDENTIALS,
    **NETWORK,
}
