"""What can be said without asking the ERP, and in which order."""

from domain.erps import ErpLink
from domain.permissions import AccessLevel, Grants, missing_permissions
from domain.unlinking import (
    Candidate,
    InvoiceNotFound,
    InvoiceNotSynced,
    PermissionDenied,
    UnlinkCase,
    UnlinkNotSupported,
    examine,
)
from tests.builders import DOCKS, a_link, an_integration, an_invoice, some_grants

CANNOT = an_integration(unlink_supported=False)
STANDARD_ON_COMMITMENTS = some_grants(commitments={DOCKS: AccessLevel.STANDARD})


def a_case(link: ErpLink | None, grants: Grants | None = None) -> UnlinkCase:
    return UnlinkCase(1, "Ada", an_invoice().project, link, grants or some_grants())


def test_an_invoice_that_is_not_there_comes_before_everything() -> None:
    assert examine(None) == InvoiceNotFound()


def test_permission_comes_before_the_link() -> None:
    """Someone who may not unlink learns nothing about the link."""
    not_synced = a_case(None, STANDARD_ON_COMMITMENTS)

    assert examine(not_synced) == PermissionDenied(
        missing_permissions(STANDARD_ON_COMMITMENTS, DOCKS), not_synced.project
    )


def test_permission_comes_before_what_the_integration_supports() -> None:
    assert isinstance(examine(a_case(a_link(integration=CANNOT), Grants())), PermissionDenied)


def test_the_grant_on_the_invoices_own_project_decides() -> None:
    elsewhere = some_grants(commitments={DOCKS + 1: AccessLevel.ADMIN})

    assert isinstance(examine(a_case(a_link(), elsewhere)), PermissionDenied)


def test_an_invoice_without_a_link_is_not_synced() -> None:
    assert examine(a_case(None)) == InvoiceNotSynced()


def test_an_integration_that_cannot_unlink_says_so() -> None:
    assert examine(a_case(a_link(integration=CANNOT))) == UnlinkNotSupported(CANNOT)


def test_only_the_erp_can_refuse_the_rest() -> None:
    assert examine(a_case(a_link())) == Candidate(a_link())


def test_an_invoice_is_locked_while_it_is_linked() -> None:
    assert an_invoice().locked
    assert not an_invoice(link=None).locked
