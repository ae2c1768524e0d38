"""What a machine's scopes stand for, and how long its token is good."""

from datetime import timedelta
from typing import Any

import pytest

from domain.machines import (
    MachineToken,
    Scope,
    grants_for,
    name_in_directory,
    with_what_they_need,
)
from domain.permissions import UnlinkPermission, missing_permissions
from tests.builders import DOCKS, HARBOR, NOON, SHEDS

ALL = set(UnlinkPermission)


def a_token(**but: Any) -> MachineToken:
    fine: dict[str, Any] = {
        "company_id": HARBOR,
        "id": "0123456789",
        "name": "nightly export",
        "scopes": frozenset({Scope.READ}),
        "created_at": NOON,
    }
    return MachineToken(**fine | but)


def test_the_directory_tells_a_machine_from_a_person() -> None:
    assert name_in_directory("nightly export") == "nightly export (machine)"


def test_nobody_unlinks_what_they_cannot_see() -> None:
    assert with_what_they_need([Scope.UNLINK]) == {Scope.READ, Scope.UNLINK}
    assert with_what_they_need([Scope.READ]) == {Scope.READ}


@pytest.mark.parametrize(
    ("scopes", "projects", "on", "missing"),
    [
        ([Scope.READ], [], DOCKS, ALL),
        ([Scope.READ], [DOCKS], DOCKS, ALL),
        ([Scope.READ, Scope.UNLINK], [DOCKS], DOCKS, set()),
        ([Scope.READ, Scope.UNLINK], [DOCKS], SHEDS, {UnlinkPermission.COMMITMENTS_ADMIN}),
        ([Scope.READ, Scope.UNLINK], [DOCKS, SHEDS], SHEDS, set()),
        ([Scope.READ, Scope.UNLINK], [], DOCKS, {UnlinkPermission.COMMITMENTS_ADMIN}),
        ([], [DOCKS], DOCKS, ALL),
    ],
)
def test_a_machine_may_what_its_scopes_take_and_no_more(
    scopes: list[Scope], projects: list[int], on: int, missing: set[UnlinkPermission]
) -> None:
    lacking = missing_permissions(grants_for(scopes, projects), on)

    assert {each.permission for each in lacking} == missing


def test_a_token_is_good_until_it_ends_or_is_revoked() -> None:
    moment = timedelta(microseconds=1)

    assert a_token().is_good(NOON)
    assert a_token(expires_at=NOON).is_good(NOON - moment)
    assert not a_token(expires_at=NOON).is_good(NOON)
    assert not a_token(revoked_at=NOON).is_good(NOON - moment)
    assert not a_token(revoked_at=NOON, expires_at=NOON + moment).is_good(NOON)
