"""The Demo ERP: a file, so there is nothing to record; the bills are made."""

from collections.abc import Mapping
from pathlib import Path

from adapters.erps.demo import DemoBills
from domain.erps import RecordId, RecordState
from tests.adapters.erps.contract import COMPANY, KnownBill, Vendor
from tests.adapters.erps.demo_builders import CREATED, a_bill
from tests.adapters.erps.situations import CREDENTIALS, NETWORK

STATES = [each for each in RecordState if each not in (RecordState.DELETED, RecordState.ABSENT)]
BILLS = [
    KnownBill(RecordId(f"BILL-{1100 + number}"), state, f"KE-{number}")
    for number, state in enumerate(STATES)
]
DELETED, THEIRS, CANARY = RecordId("BILL-1042"), RecordId("BILL-2001"), RecordId("BILL-1000")


def furnish(data_dir: Path, url: str) -> Mapping[str, str]:
    known = [
        a_bill(
            bill.record_id,
            company_id=COMPANY,
            state=bill.state,
            document_number=bill.document_number,
        )
        for bill in BILLS
    ]
    DemoBills.of(data_dir).add(
        [
            *known,
            a_bill(DELETED, company_id=COMPANY, deleted_at=CREATED),
            a_bill(THEIRS, company_id=COMPANY + 1),
            a_bill(CANARY, company_id=COMPANY, permanent=True),
        ]
    )
    return {}


VENDOR = Vendor(
    furnish=furnish,
    bills=BILLS,
    deleted=DELETED,
    deletion_is=RecordState.DELETED,
    never_existed=RecordId("BILL-9999"),
    of_another_company=THEIRS,
    canary=CANARY,
    cannot_be={
        name: "it is a file, reached without a network and without credentials"
        for name in ("wrong tenant", *CREDENTIALS, *NETWORK)
    },
    sources=["our own"],
)
