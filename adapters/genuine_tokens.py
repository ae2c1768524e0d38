"""Tokens whose signature was verified: they need not be verified again, only judged again."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    found: T
    begins: float
    ends: float


class GenuineTokens(Generic[T]):
    """What verification found of the tokens that were asked for last. Nothing of a token is kept
    but its SHA-256, and nothing of those that were refused."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, _Kept[T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, token: str, now: float) -> T | None:
        """What was found of this very token, while it is good for anything at `now`."""
        digest = _digest(token)
        kept = self._kept.get(digest)
        if kept is None or not kept.begins <= now < kept.ends:
            return None
        self._kept.move_to_end(digest)
        return kept.found

    def keep(self, token: str, found: T, begins: float, ends: float) -> None:
        """Keep what was found of a token that verified, and is good from `begins` until `ends`:
        in seconds since 1970, the leeway included."""
        digest = _digest(token)
        self._kept[digest] = _Kept(found, begins, ends)
        self._kept.move_to_end(digest)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
