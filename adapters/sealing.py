"""A connection's settings as they rest in the database: encrypted, and bound to their place.

A sealed text is the format's number, the length of the key's id, the id, 96 bits of nonce, and
what AES-256-GCM makes of the settings as JSON (NIST SP 800-38D). All that stands before the
nonce, and whose connection it is, is authenticated with it: a text that was changed, or that was
copied to another connection, does not open.
"""

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.secret_keys import Keyring, SecretKey, SecretKeyError, is_key_id
from domain.erps import ErpTrouble, Trouble

ConnectionKey = tuple[int, int]
"""The ids of a company and of its integration."""

_FORMAT = 1
_NONCE = 12
_TAG = 16


def seal(settings: Mapping[str, str], key: SecretKey, of: ConnectionKey) -> bytes:
    """Encrypt, with a new nonce each time."""
    header = bytes([_FORMAT, len(key.id)]) + key.id.encode("ascii")
    nonce, text = os.urandom(_NONCE), json.dumps(dict(settings)).encode()
    return header + nonce + AESGCM(key.key).encrypt(nonce, text, _bound(header, of))


def unseal(sealed: bytes, keys: Keyring, of: ConnectionKey) -> dict[str, str]:
    """Decrypt. Raises ErpTrouble(NOT_CONFIGURED) where that cannot be done."""
    id = key_id(sealed)
    if id is None:
        raise _not_configured("its stored secrets are damaged")
    try:
        key = keys.find(id)
    except SecretKeyError:
        raise _not_configured("the keys that its secrets are encrypted with cannot be read") from (
            None
        )
    if key is None:
        raise _not_configured(f"its secrets are encrypted with the key {id}, which is not here")
    header, rest = sealed[: 2 + len(id)], sealed[2 + len(id) :]
    try:
        text = AESGCM(key.key).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(header, of))
        settings: dict[str, str] = json.loads(text)
    except (InvalidTag, ValueError):
        raise _not_configured(
            f"its stored secrets do not open with the key {id}: they were changed, are another "
            "connection's, or the key is another one of the same id"
        ) from None
    return settings


def key_id(sealed: bytes) -> str | None:
    """Which key a text is encrypted with; None when it is no sealed text."""
    if len(sealed) < 2 or sealed[0] != _FORMAT:
        return None
    id = sealed[2 : 2 + sealed[1]].decode("ascii", errors="replace")
    whole = len(sealed) >= 2 + sealed[1] + _NONCE + _TAG
    return id if whole and is_key_id(id) else None


def _bound(header: bytes, of: ConnectionKey) -> bytes:
    """What is authenticated but not encrypted."""
    return header + "/".join(["erp-link connection", *map(str, of)]).encode()


def _not_configured(detail: str) -> ErpTrouble:
    return ErpTrouble(Trouble.NOT_CONFIGURED, detail)
