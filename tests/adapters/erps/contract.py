"""The contract of ERP adapters: what the suite must know of each ERP to hold it to its word.

Each module in adapters/erps has a twin in tests/adapters/erps/vendors, with a `VENDOR`; those that
ask in the same way, by the same `connect`, have one twin, and are held to the contract once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import Response

from adapters.erps import available
from domain.erps import (
    Canary,
    ErpIntegration,
    ErpLink,
    ErpName,
    RecordId,
    RecordState,
    Sighting,
    Trouble,
)
from domain.ports import Erp
from domain.unlinking import Gone, StillThere, verdict

COMPANY = 7
SYNCED = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KnownBill:
    """A bill that the vendor shows us, and what the adapter must make of it."""

    record_id: RecordId
    state: RecordState
    document_number: str | None


def nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class HttpVendor:
    """The vendor's side of HTTP: answers, and the ways it refuses or contradicts."""

    answer: Callable[[Request], Awaitable[Response]]
    secret: str
    """The setting that must never be told."""
    refusals: Mapping[str, tuple[Mapping[str, str], Trouble]]
    """By situation: the settings that differ, and the trouble that follows."""
    shows_nothing: Mapping[str, str]
    """The settings that differ, so that the answer is a well-formed "nothing"."""
    unusable: Sequence[tuple[str, str]]
    """Settings, each with a value that no connection can be made with."""
    not_ours: Mapping[str, tuple[Mapping[str, str], RecordId]]
    """Records that no link of this integration can be tied to, and the settings that show them."""
    impossible: Sequence[str]
    """Ids that this ERP cannot have given."""
    contradictions: Mapping[str, Callable[[Any], Any]]
    """What the right JSON becomes when a definite answer can no longer be read from it.

    One of them is "the id of another bill"."""
    wrong_tenant: Mapping[str, str]
    """The settings that differ, so that another company is meant than the bills are of."""
    revoked: Mapping[str, str]
    """The settings that differ, so that the vendor has taken the access back."""
    token_path: str | None = None
    """Where tokens are renewed; None: this vendor's credentials do not expire."""
    expire: Callable[[], None] | None = None
    """Ends all access tokens that were given so far."""
    reset: Callable[[], None] = nothing
    """Makes the vendor as it was at first."""
    reads: str = "GET .*"
    """A pattern of the method and path of each request that changes nothing there."""
    patience: int | None = None
    """How long we wait, in seconds, after a 429 that does not say."""
    many: Sequence[RecordId] = ()
    """Five hundred bills that are there."""
    batch: int = 100
    """How many bills one request of ours asks about."""
    at_once: int = 1
    """How many of our requests may be under way."""
    allowance: str = ""
    """What the vendor publishes of its limits, and where."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """An ERP with some bills of one company of ours."""

    furnish: Callable[[Path, str], Mapping[str, str]]
    """Makes the bills, and gives the settings of a connection, for a folder and a URL."""
    bills: Sequence[KnownBill]
    deleted: RecordId
    deletion_is: RecordState
    """DELETED where the ERP keeps proof, else ABSENT."""
    never_existed: RecordId
    of_another_company: RecordId
    canary: RecordId
    http: HttpVendor | None = field(default=None)
    visited: Callable[[Erp], Erp] | None = None
    """Of an ERP whose agent asks us: a connection that an agent answers at once."""
    instead: Mapping[str, Callable[[Any], Awaitable[None]]] = field(default_factory=dict)
    """What stands for a situation that there is not as it is written, but in another shape."""
    cannot_be: Mapping[str, str] = field(default_factory=dict)
    """The situations that there are not with this vendor, each with the reason."""
    sources: Sequence[str] = ()
    """Where the simulator's bodies are from."""

    def bill(self, state: RecordState) -> RecordId:
        """A bill in that state; not the canary, if there is another."""
        found = [bill.record_id for bill in self.bills if bill.state is state]
        return next((each for each in found if each != self.canary), found[0])


def twin_of(erp: str) -> str:
    """The name of the module that plays its vendor: as that of the one which connects to it."""
    connect = import_module(f"adapters.erps.{erp}").connect
    return str(connect.__module__).rpartition(".")[2].lstrip("_")


def asked_alike(erp: str) -> list[str]:
    """The ERPs that are asked by the same `connect`, itself among them."""
    return [each for each in sorted(available()) if twin_of(each) == twin_of(erp)]


def distinct_erps() -> list[str]:
    """One of each that are asked alike."""
    return [erp for erp in sorted(available()) if asked_alike(erp)[0] == erp]


def vendor_of(erp: str) -> Vendor:
    twin = twin_of(erp)
    if not has_twin(erp):
        pytest.fail(f"adapters/erps/{erp}.py needs its twin: tests/adapters/erps/vendors/{twin}.py")
    vendor: Vendor = import_module(f"tests.adapters.erps.vendors.{twin}").VENDOR
    return vendor


def has_twin(erp: str) -> bool:
    return (Path(__file__).parent / "vendors" / f"{twin_of(erp)}.py").exists()


def erps_over_http() -> list[str]:
    """Those without a twin among them, for they must fail."""
    return [erp for erp in distinct_erps() if not has_twin(erp) or vendor_of(erp).http is not None]


def http_cases(cases: Callable[[HttpVendor], Sequence[Any]]) -> pytest.MarkDecorator:
    """Each case of each ERP that speaks HTTP."""
    pairs: list[tuple[str, Any]] = []
    for erp in erps_over_http():
        http = vendor_of(erp).http if has_twin(erp) else None
        pairs += [(erp, case) for case in (cases(http) if http else ["no twin"])]
    return pytest.mark.parametrize(("name", "case"), pairs, ids=str)


def an_integration(erp: str, canary: Canary | None = None, **rules: bool) -> ErpIntegration:
    return ErpIntegration(
        company_id=COMPANY,
        id=1,
        erp=ErpName(erp),
        name="The ledger",
        own_deletion_required=True,
        own_void_counts_as_gone=rules.get("void_counts_as_gone", False),
        own_reversal_counts_as_gone=rules.get("reversal_counts_as_gone", False),
        canary=canary,
    )


def a_link(erp: str, record_id: RecordId, seen_at: datetime | None = SYNCED) -> ErpLink:
    return ErpLink(
        company_id=COMPANY,
        id=UUID(int=1),
        invoice_id=1,
        integration=an_integration(erp),
        record_id=record_id,
        document_number=None,
        synced_at=SYNCED,
        synced_by=None,
        seen_at=seen_at,
    )


async def canary_of(erp: Erp) -> Canary:
    canary = await erp.choose_canary()
    assert canary is not None
    return canary


def judge(
    name: str, canary: Canary, answer: Sequence[Sighting], asked_at: datetime, **rules: bool
) -> Gone | StillThere:
    """The verdict on the first record of the answer, which was seen before."""
    integration = an_integration(name, canary, **rules)
    return verdict(integration, a_link(name, answer[0].record_id), answer, asked_at)
