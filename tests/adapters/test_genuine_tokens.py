"""Tokens that were verified once: believed again without it, and for no longer than they say."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.genuine_tokens import GenuineTokens
from adapters.tokens import DemoIssuer, InvalidToken

TOKEN = "head.claims.signature"


@pytest.fixture
def kept() -> GenuineTokens[str]:
    tokens: GenuineTokens[str] = GenuineTokens()
    tokens.keep(TOKEN, "ada", begins=1_000, ends=2_000)
    return tokens


def test_what_was_found_of_a_token_is_told_from_its_first_second_to_its_last(
    kept: GenuineTokens[str],
) -> None:
    assert [kept.find(TOKEN, now) for now in (1_000, 1_999.9)] == ["ada", "ada"]
    assert [kept.find(TOKEN, now) for now in (999.9, 2_000, 3_000)] == [None, None, None]


def test_a_token_that_differs_in_one_character_is_another(kept: GenuineTokens[str]) -> None:
    others = {TOKEN[:at] + "x" + TOKEN[at + 1 :] for at in range(len(TOKEN))}
    others |= {f"{TOKEN} ", f" {TOKEN}", TOKEN[:-1], TOKEN.upper(), f"{TOKEN}\udc80", ""}

    assert {kept.find(other, 1_500) for other in others} == {None}


def test_those_that_were_asked_for_last_are_kept_and_no_more_than_so_many() -> None:
    tokens: GenuineTokens[int] = GenuineTokens(most=3)
    for number in range(3):
        tokens.keep(f"token {number}", number, 0, 10)
    assert tokens.find("token 0", 5) == 0

    tokens.keep("token 3", 3, 0, 10)

    assert len(tokens) == 3
    assert [tokens.find(f"token {number}", 5) for number in range(4)] == [0, None, 2, 3]


def test_nothing_of_a_token_is_kept(kept: GenuineTokens[str]) -> None:
    """I8."""
    shown = f"{kept!r} {vars(kept)!r}"

    assert not any(part in shown for part in TOKEN.split("."))


def test_a_demo_token_that_was_believed_is_refused_from_its_last_second_on(tmp_path: Path) -> None:
    issuer = DemoIssuer.open(tmp_path)
    token = issuer.token("ada", timedelta(seconds=-28))
    ends = issuer.verify(token).expires_at.timestamp()
    while time.time() < ends:
        time.sleep(0.01)

    with pytest.raises(InvalidToken, match="has expired"):
        issuer.verify(token)


def test_a_refused_demo_token_is_refused_again(tmp_path: Path) -> None:
    issuer = DemoIssuer.open(tmp_path)
    token = issuer.token("ada")
    forged = f"{token[:-10]}{token[-10:][::-1]}"
    issuer.verify(token)

    for _ in range(3):
        with pytest.raises(InvalidToken):
            issuer.verify(forged)
    assert issuer.verify(token).subject == "ada"
