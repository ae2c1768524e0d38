"""The text of machine tokens: what scanners and slips of the pen meet, and what is kept."""

import hashlib
import re

import pytest

from adapters.machine_tokens import (
    TokenText,
    checksum,
    is_machine_token,
    public_id,
    read_public_id,
    read_token,
)
from adapters.tokens import InvalidToken


def test_a_token_is_read_back_as_it_was_made() -> None:
    made = TokenText.new(4101)

    assert read_token(made.reveal()) == made
    assert is_machine_token(made.reveal())


def test_a_scanner_knows_a_token_by_one_pattern() -> None:
    for company_id in (1, 4101, 2**63 - 1):
        text = TokenText.new(company_id).reveal()

        assert re.fullmatch(r"erplink_[0-9]+_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}", text)


def test_the_checksum_is_that_of_all_before_it() -> None:
    """CRC-32 of "123456789" is 0xCBF43926, as every description of it says."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    told = sum(
        digits.index(digit) * 62**place
        for place, digit in enumerate(reversed(checksum("123456789")))
    )

    assert told == 0xCBF43926
    assert checksum("") == "000000"


def test_secrets_are_256_random_bits_and_never_the_same() -> None:
    made = [TokenText.new(1) for _ in range(500)]

    assert 62 ** len(made[0].secret) >= 2**256
    assert len({each.secret for each in made}) == len({each.id for each in made}) == 500
    assert {letter for each in made for letter in each.secret} >= set("09azAZ")


def test_what_is_kept_is_a_hash_and_what_is_shown_has_no_secret() -> None:
    made = TokenText.new(4101)

    assert made.digest() == hashlib.sha256(made.secret.encode()).digest()
    assert made.secret not in f"{made!r} {made}"


def test_every_slip_of_the_pen_is_noticed() -> None:
    text = TokenText.new(4101).reveal()
    slips = {
        text[:at] + other + text[at + 1 :]
        for at in range(len("erplink_"), len(text))
        for other in "0aZ1_"
        if other != text[at]
    } | {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(8, len(text) - 1)}

    for slip in slips - {text}:
        with pytest.raises(InvalidToken, match=r"^the token is malformed$"):
            read_token(slip)


def test_the_public_id_names_company_and_token() -> None:
    made = TokenText.new(4101)

    assert read_public_id(public_id(4101, made.id)) == (4101, made.id)
    for wrong in ("", "4101", made.id, f"0_{made.id}", f"4101_{made.id}x", f"4101-{made.id}"):
        assert read_public_id(wrong) is None
    assert read_public_id(f"{2**63}_{made.id}") is None
    assert read_public_id(made.reveal()) is None
