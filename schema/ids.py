"""Opaque ids. Each carries its company, so that any look-up names one company."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from binascii import b2a_base64
from uuid import UUID

import strawberry

from resolvers.nodes import NodeKey

INSIDE = re.compile(r"([A-Z][A-Za-z]{1,40}):(0|[1-9][0-9]{0,18}):(0|[1-9][0-9]{0,18}|[0-9a-f]{32})")
LONGEST = 200
BIGGEST = 2**63 - 1
NO_COMPANY = -1
LONG = frozenset({"ErpLink", "UnlinkRequest"})
"""The kinds whose own ids are UUIDs."""


def node_id(kind: str, company_id: int, local_id: int | UUID) -> strawberry.ID:
    """The id of an object of a company."""
    local = local_id.hex if isinstance(local_id, UUID) else local_id
    # Fit for URLs as it is: of letters, digits and colons, base64 makes neither + nor /.
    packed = b2a_base64(f"{kind}:{company_id}:{local}".encode(), newline=False)
    return strawberry.ID(packed.rstrip(b"=").decode())


def node_key(id: str) -> NodeKey | None:
    """What an id says; None for a text that is no id of ours, as for one that names nothing."""
    if len(id) > LONGEST or not id.isascii():
        return None
    try:
        inside = urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode("ascii")
    except (NotBase64, ValueError):
        return None
    match = INSIDE.fullmatch(inside)
    if match is None:
        return None
    key = NodeKey(match[1], int(match[2]), match[3])
    is_long = key.kind in LONG
    if is_long != (len(key.local_id) == 32) or node_id(*_typed(key)) != id:
        return None
    return None if key.company_id > BIGGEST or (not is_long and int(match[3]) > BIGGEST) else key


def local_id(id: str, kind: str, company_id: int) -> int | None:
    """The number of an object of this kind in this company; None when the id names another."""
    key = node_key(id)
    if key is None or (key.kind, key.company_id) != (kind, company_id):
        return None
    return int(key.local_id)


def company_number(id: str) -> int:
    """The number of a company; that of none at all when the id does not name a company."""
    key = node_key(id)
    if key is None or key.kind != "Company" or key.local_id != str(key.company_id):
        return NO_COMPANY
    return key.company_id


def _typed(key: NodeKey) -> tuple[str, int, int | UUID]:
    local = UUID(hex=key.local_id) if len(key.local_id) == 32 else int(key.local_id)
    return key.kind, key.company_id, local
