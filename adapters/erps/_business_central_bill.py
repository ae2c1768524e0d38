"""What Business Central's JSON says of a purchase invoice: each value is what it must be.

Shapes: MicrosoftDocs/dynamics365smb-devitpro-pb (api-reference/v2.0/resources/
dynamics_purchaseinvoice.md, webservices/dynamics-error-codes.md); that each answer names its
context is OData JSON Format 4.01, section 4.5.1.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.erps._rest import Answer, unexpected
from domain.erps import ErpTrouble, RecordId, RecordState, Sighting, Trouble

FIELDS = ("id", "number", "status")
COMPANY_NOT_FOUND = "Internal_CompanyNotFound"
TENANT_UNAVAILABLE = "Internal_TenantUnavailable"
# A status that is not here, the blank one too, is no answer. OData writes a blank in a name as
# _x0020_: recalled, not proven. Corrective is the invoice that takes a credit memo back: it
# stands in the books, and its payment is not told.
_STATES = {
    "Draft": RecordState.DRAFT,
    "In Review": RecordState.DRAFT,
    "In_x0020_Review": RecordState.DRAFT,
    "Open": RecordState.OPEN,
    "Corrective": RecordState.OPEN,
    "Paid": RecordState.PAID,
    "Canceled": RecordState.VOIDED,
}


def rows_of(answer: Answer, most: int) -> Sequence[Any]:
    """The invoices of an answer to a filter, which are all there are. Raises ErpTrouble otherwise.

    No 404 is ever an empty list: it is said of a query with an error in it too.
    """
    match answer.status, answer.body:
        case 200, {"@odata.context": str(context), "value": list(rows)} if (
            "purchaseInvoices" in context
            and len(rows) <= most
            and not answer.body.keys() & {"error", "@odata.nextLink"}
        ):
            return rows
        case status, {"error": {"code": str(code)}}:
            raise _refusal(status, code)
    raise unexpected(f"an answer ({answer.status}) that is no list of purchase invoices")


def _refusal(status: int, code: str) -> ErpTrouble:
    if code == COMPANY_NOT_FOUND:
        return ErpTrouble(Trouble.NOT_VISIBLE, "Business Central shows no such company")
    if code == TENANT_UNAVAILABLE:
        return ErpTrouble(Trouble.SERVER_ERROR, "the tenant of Business Central is not accessible")
    if code.startswith("Authorization_"):
        detail = f"Business Central forbids the request ({status})"
        return ErpTrouble(Trouble.FORBIDDEN, detail)
    return unexpected(f"an error ({status}) that says nothing of a purchase invoice")


def sighting(row: Any, as_of: datetime, place: str) -> Sighting:
    """An invoice as a sighting, in the place asked. Raises ErpTrouble unless it is one."""
    match row:
        case {"id": str(record_id), "number": str(number), "status": str(word)} if word in _STATES:
            state = _STATES[word]
        case _:
            raise unexpected("a record that is not an invoice as Business Central tells it")
    named = f"purchase invoice {record_id}" + (f", number {number}," if number else "")
    evidence = f"Business Central holds {named} as {word.replace('_x0020_', ' ')}"
    fingerprint = f"{place}/{record_id}"
    return Sighting(RecordId(record_id), state, as_of, evidence, number or None, fingerprint)
