"""Secrets that are only there to be found again, and the net that finds them."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

ANSWERS = "answers"
"""The channel of what clients are answered."""
THEIRS = frozenset({"alias", "operation id", "unknown name"})
"""A client may read its own words in its own answer: there, and nowhere else."""


def a_canary(what: str) -> str:
    """A word that stands nowhere else, and that no encoding of URLs changes."""
    return f"canary{what.replace(' ', '')}{token_hex(8)}"


@dataclass
class Net:
    """All that came out of the service, by channel."""

    caught: list[tuple[str, str]] = field(default_factory=list)

    def catch(self, channel: str, text: str) -> None:
        self.caught.append((channel, text))

    def channels(self) -> set[str]:
        return {channel for channel, _ in self.caught}

    def leaks(self, canaries: Mapping[str, str]) -> list[str]:
        """Which canary was found where, with what stands around it."""
        return [
            f"{name} in {channel}: ...{text[max(at - 200, 0) : at + 100]}..."
            for channel, text in self.caught
            for name, canary in canaries.items()
            for form in forms(canary)
            if (at := text.find(form)) >= 0 and not (name in THEIRS and channel == ANSWERS)
        ]


def forms(canary: str) -> set[str]:
    """The word as it is, in capitals, in hexadecimal, and as Base64 wherever it begins."""
    found = {canary, canary.upper(), canary.lower(), canary.encode().hex()}
    for before in range(3):
        encoded = b64encode(b"\0" * before + canary.encode()).decode()
        found.add(encoded[4 if before else 0 : -4])
    return found
