"""The result of unlinkInvoice: every way it can end, and what is said of it.

The first two messages are the help page's, word for word.
"""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, assert_never

import strawberry

from domain import invoices, permissions, unlinking
from domain.advice import advice
from domain.erps import RecordState, Trouble
from domain.permissions import AccessLevel, UnlinkPermission
from schema.company import ErpIntegration, Project
from schema.invoice import SubcontractorInvoice
from schema.link import ErpLink
from schema.reading import shown

if TYPE_CHECKING:  # what it ended as is one of these again
    from schema.unlink_request import UnlinkRequest

UNLINKED = "Successfully Unlinked"
STILL_IN_ERP = "The requisition is still in your ERP system. Please delete it before retrying."
PENDING = (
    "Your ERP system is asked as soon as its agent calls; the invoice stays linked until then."
)


@strawberry.enum(description="Why an invoice was not unlinked.")
class UnlinkRefusalCode(Enum):
    STILL_IN_ERP = "still_in_erp"
    PERMISSION_DENIED = "permission_denied"
    INVOICE_NOT_FOUND = "invoice_not_found"
    INVOICE_NOT_SYNCED = "invoice_not_synced"
    UNLINK_NOT_SUPPORTED = "unlink_not_supported"
    ERP_UNAVAILABLE = "erp_unavailable"
    UNLINK_PENDING = "unlink_pending"


@strawberry.interface(
    description="Every answer but `Success`: the link is as it was. More may be added; a "
    "fragment on this interface reads them too."
)
class UnlinkRefusal:
    message: str = strawberry.field(description="A sentence for people.")
    code: UnlinkRefusalCode = strawberry.field(description="The same for programs.")


@strawberry.type(description="The invoice was unlinked, and can be edited or deleted.")
class Success:
    message: str = strawberry.field(description="`Successfully Unlinked`.")
    invoice: SubcontractorInvoice = strawberry.field(description="The invoice as it is now.")
    former_link: ErpLink = strawberry.field(description="The link that was ended.")


@strawberry.type(description="The ERP still holds the bill.")
class StillInErp(UnlinkRefusal):
    link: ErpLink = strawberry.field(description="The link, still active.")
    record_state: RecordState = strawberry.field(description="What the ERP said just now.")
    advice: str | None = strawberry.field(
        description="What to do in that ERP first, where there is more to say than `message`."
    )
    record_url: str | None = strawberry.field(
        description="Where people see the record in that ERP; null: not known of this kind of ERP."
    )


@strawberry.type(description="One grant that lacks.")
class MissingPermission:
    permission: UnlinkPermission = strawberry.field(description="Which one.")
    where: str = strawberry.field(description="Where it is granted.")
    project: Project | None = strawberry.field(
        description="The project in question, for a permission on a project's tool."
    )
    required: AccessLevel | None = strawberry.field(
        description="The level it takes; null for a privilege."
    )
    current: AccessLevel | None = strawberry.field(
        description="The level the viewer has now; null for a privilege, which they lack."
    )


@strawberry.type(description="The viewer may not unlink this invoice.")
class PermissionDenied(UnlinkRefusal):
    missing: list[MissingPermission] = strawberry.field(description="All that lacks, at once.")


@strawberry.type(description="There is no such invoice, or none that the viewer can see.")
class InvoiceNotFound(UnlinkRefusal):
    pass


@strawberry.type(description="The invoice has no link: it never had, or it was just ended.")
class InvoiceNotSynced(UnlinkRefusal):
    pass


@strawberry.type(description="The company's ERP integration does not support unlinking.")
class UnlinkNotSupported(UnlinkRefusal):
    integration: ErpIntegration = strawberry.field(description="The integration and its rules.")


@strawberry.type(description="The ERP gave no definite answer, so nothing was changed.")
class ErpUnavailable(UnlinkRefusal):
    reason: Trouble = strawberry.field(description="Why.")
    retry_after_seconds: int | None = strawberry.field(
        description="How long the ERP asked us to wait; null: it did not say."
    )


@strawberry.type(
    description="The ERP can only be polled: the unlink waits until an agent beside the ERP has "
    "asked it. Nothing was changed yet; a second attempt is told the same request."
)
class UnlinkPending(UnlinkRefusal):
    request: Annotated["UnlinkRequest", strawberry.lazy("schema.unlink_request")] = (
        strawberry.field(description="What waits: look at it again to see what came of it.")
    )


UnlinkInvoiceResult = Annotated[
    Success
    | StillInErp
    | PermissionDenied
    | InvoiceNotFound
    | InvoiceNotSynced
    | UnlinkNotSupported
    | ErpUnavailable
    | UnlinkPending,
    strawberry.union("UnlinkInvoiceResult", description="How an attempt to unlink ended."),
]


def result_of(outcome: unlinking.UnlinkOutcome) -> UnlinkInvoiceResult:
    """Say an outcome to the client."""
    match outcome:
        case unlinking.Unlinked(invoice, former_link):
            return Success(
                message=UNLINKED,
                invoice=shown(invoice),
                former_link=shown(former_link),
            )
        case unlinking.StillInErp(link, integration, state, address):
            return StillInErp(
                message=STILL_IN_ERP,
                code=UnlinkRefusalCode.STILL_IN_ERP,
                link=shown(link),
                record_state=state,
                advice=advice(integration, state),
                record_url=address,
            )
        case unlinking.PermissionDenied(missing, project):
            return PermissionDenied(
                message="You do not have all the permissions that unlinking this invoice takes.",
                code=UnlinkRefusalCode.PERMISSION_DENIED,
                missing=[_missing(each, project) for each in missing],
            )
        case unlinking.InvoiceNotFound():
            return InvoiceNotFound(
                message="There is no such invoice.", code=UnlinkRefusalCode.INVOICE_NOT_FOUND
            )
        case unlinking.InvoiceNotSynced():
            return InvoiceNotSynced(
                message="This invoice is not synced with the ERP.",
                code=UnlinkRefusalCode.INVOICE_NOT_SYNCED,
            )
        case unlinking.UnlinkNotSupported(integration):
            return UnlinkNotSupported(
                message=f"{integration.name} does not support unlinking.",
                code=UnlinkRefusalCode.UNLINK_NOT_SUPPORTED,
                integration=shown(integration),
            )
        case unlinking.ErpUnavailable():
            return _unavailable(outcome)
        case unlinking.UnlinkPending(request):
            return UnlinkPending(
                message=PENDING, code=UnlinkRefusalCode.UNLINK_PENDING, request=shown(request)
            )
    assert_never(outcome)


def _unavailable(outcome: unlinking.ErpUnavailable) -> ErpUnavailable:
    return ErpUnavailable(
        message=f"{DOUBTS[outcome.trouble]} Nothing was changed.",
        code=UnlinkRefusalCode.ERP_UNAVAILABLE,
        reason=outcome.trouble,
        retry_after_seconds=outcome.retry_after_seconds,
    )


DOUBTS = {
    Trouble.NOT_CONFIGURED: "This service has not been told how to reach your ERP system.",
    Trouble.UNREACHABLE: "Your ERP system could not be reached.",
    Trouble.TIMEOUT: "Your ERP system did not answer in time.",
    Trouble.UNAUTHORIZED: "Your ERP system refused this service's credentials.",
    Trouble.FORBIDDEN: "Your ERP system does not let this service see bills.",
    Trouble.RATE_LIMITED: "Your ERP system is asking this service to slow down.",
    Trouble.SERVER_ERROR: "Your ERP system has a problem of its own.",
    Trouble.UNEXPECTED_ANSWER: "Your ERP system gave an answer that makes no sense here.",
    Trouble.NOT_VISIBLE: (
        "Your ERP system shows no such bill, but it cannot be told whether it was deleted "
        "or is merely hidden from this service."
    ),
    Trouble.STALE: "The invoice or its bill changed while your ERP system was asked.",
}


def _missing(
    missing: permissions.MissingPermission, project: invoices.Project
) -> MissingPermission:
    on_project = missing.permission is UnlinkPermission.COMMITMENTS_ADMIN
    return MissingPermission(
        permission=missing.permission,
        where=_where(missing.permission, project.name),
        project=shown(project) if on_project else None,
        required=missing.required,
        current=missing.current,
    )


def _where(permission: UnlinkPermission, project_name: str) -> str:
    match permission:
        case UnlinkPermission.COMMITMENTS_ADMIN:
            return f"the Commitments tool of the project {project_name}"
        case UnlinkPermission.ERP_INTEGRATIONS_STANDARD:
            return "the company's ERP Integrations tool"
        case UnlinkPermission.CAN_PUSH_TO_ACCOUNTING:
            return "the Company Directory"
