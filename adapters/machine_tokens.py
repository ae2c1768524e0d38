"""The text of machine tokens: made, taken apart, and hashed for keeping.

`erplink_<company>_<id>_<secret><checksum>`. The prefix and the checksum let a scanner of secrets
know a token that leaked, and let us tell a misspelled one without asking the database; the
underscores let a double click select all of it. After the example of GitHub's tokens:
https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
"""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field
from string import ascii_letters, digits

from adapters.tokens import InvalidToken

PREFIX = "erplink_"
LARGEST_COMPANY_ID = 2**63 - 1

_ALPHABET = digits + ascii_letters
_ID, _SECRET, _CHECKSUM = 10, 43, 6
"""How many characters: 62**43 is more than 2**256, and 62**6 more than a CRC-32."""
_TOKEN = re.compile(
    rf"{PREFIX}([1-9][0-9]{{0,18}})_([0-9A-Za-z]{{{_ID}}})"
    rf"_([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECKSUM}}})"
)
_PUBLIC_ID = re.compile(rf"([1-9][0-9]{{0,18}})_([0-9A-Za-z]{{{_ID}}})")


@dataclass(frozen=True, slots=True)
class TokenText:
    """A machine token, taken apart. It names its company, so that its look-up does."""

    company_id: int
    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, company_id: int) -> "TokenText":
        return cls(company_id, _random(_ID), _random(_SECRET))

    def reveal(self) -> str:
        """The token itself, for the one who asked for it, once."""
        text = f"{PREFIX}{public_id(self.company_id, self.id)}_{self.secret}"
        return text + checksum(text)

    def digest(self) -> bytes:
        """What is kept of the secret.

        A fast hash without salt will do: a slow one makes up for what people choose, and nobody
        can guess 256 random bits. NIST SP 800-63B, section 5.1.2.2, asks for an approved one-way
        function for secrets of 112 bits and more, and for salt and a slow one only below that.
        """
        return hashlib.sha256(self.secret.encode("ascii")).digest()


def is_machine_token(text: str) -> bool:
    """Whether a bearer token means to be one of these."""
    return text.startswith(PREFIX)


def read_token(text: str) -> TokenText:
    """Take a token apart. Raises InvalidToken, which says nothing of it."""
    parts = _TOKEN.fullmatch(text)
    if parts is None or int(parts[1]) > LARGEST_COMPANY_ID:
        raise InvalidToken("the token is malformed")
    if checksum(text[:-_CHECKSUM]) != parts[4]:
        raise InvalidToken("the token is malformed")
    return TokenText(int(parts[1]), parts[2], parts[3])


def public_id(company_id: int, id: str) -> str:
    """What a token is called where its secret must not be seen."""
    return f"{company_id}_{id}"


def read_public_id(text: str) -> tuple[int, str] | None:
    """The company and the id within it; None for what is no id of a token."""
    parts = _PUBLIC_ID.fullmatch(text)
    if parts is None or int(parts[1]) > LARGEST_COMPANY_ID:
        return None
    return int(parts[1]), parts[2]


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def checksum(text: str) -> str:
    """CRC-32 in base 62, padded: against slips of the pen, not against forgers."""
    rest, written = zlib.crc32(text.encode("ascii")), ""
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, len(_ALPHABET))
        written = _ALPHABET[digit] + written
    return written
