"""Who may unlink, and what is said to be missing."""

from itertools import product

import pytest

from domain.invoices import Company
from domain.permissions import (
    AccessLevel,
    Grants,
    MissingPermission,
    UnlinkPermission,
    Viewer,
    missing_permissions,
)
from tests.builders import DOCKS, HARBOR, SHEDS, some_grants

NONE, READ_ONLY, STANDARD, ADMIN = AccessLevel


def lacks_commitments(current: AccessLevel) -> MissingPermission:
    return MissingPermission(UnlinkPermission.COMMITMENTS_ADMIN, ADMIN, current)


def lacks_erp_integrations(current: AccessLevel) -> MissingPermission:
    return MissingPermission(UnlinkPermission.ERP_INTEGRATIONS_STANDARD, STANDARD, current)


LACKS_THE_PRIVILEGE = MissingPermission(UnlinkPermission.CAN_PUSH_TO_ACCOUNTING)

ON_COMMITMENTS = {
    NONE: (lacks_commitments(NONE),),
    READ_ONLY: (lacks_commitments(READ_ONLY),),
    STANDARD: (lacks_commitments(STANDARD),),
    ADMIN: (),
}
ON_ERP_INTEGRATIONS = {
    NONE: (lacks_erp_integrations(NONE),),
    READ_ONLY: (lacks_erp_integrations(READ_ONLY),),
    STANDARD: (),
    ADMIN: (),
}
THE_PRIVILEGE = {False: (LACKS_THE_PRIVILEGE,), True: ()}


@pytest.mark.parametrize(
    ("commitments", "erp_integrations", "privilege"),
    list(product(AccessLevel, AccessLevel, (False, True))),
)
def test_all_that_lacks_is_listed_at_once_in_the_help_pages_order(
    commitments: AccessLevel, erp_integrations: AccessLevel, privilege: bool
) -> None:
    grants = Grants(erp_integrations, privilege, {DOCKS: commitments})

    assert missing_permissions(grants, DOCKS) == (
        *ON_COMMITMENTS[commitments],
        *ON_ERP_INTEGRATIONS[erp_integrations],
        *THE_PRIVILEGE[privilege],
    )


def test_two_combinations_of_thirty_two_may_unlink() -> None:
    may = [
        (commitments, erp_integrations, privilege)
        for commitments, erp_integrations, privilege in product(
            AccessLevel, AccessLevel, (False, True)
        )
        if not missing_permissions(Grants(erp_integrations, privilege, {DOCKS: commitments}), DOCKS)
    ]

    assert may == [(ADMIN, STANDARD, True), (ADMIN, ADMIN, True)]


def test_admin_on_another_project_counts_for_nothing() -> None:
    assert missing_permissions(some_grants(), SHEDS) == (lacks_commitments(NONE),)


def test_what_is_not_granted_is_none() -> None:
    assert missing_permissions(Grants(), DOCKS) == (
        lacks_commitments(NONE),
        lacks_erp_integrations(NONE),
        LACKS_THE_PRIVILEGE,
    )


def test_i5_a_company_that_is_not_the_viewers_does_not_exist_for_them() -> None:
    harbor = Company(HARBOR, "Harbor Builders", "USD")
    viewer = Viewer(1, "Ann", (harbor,))

    assert viewer.company(HARBOR) == harbor
    assert viewer.company(HARBOR + 1) is None
