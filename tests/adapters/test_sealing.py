"""What rests in the database of a connection opens where it belongs, whole, and nowhere else."""

import pytest

from adapters.sealing import key_id, seal, unseal
from adapters.secret_keys import Keyring, SecretKey
from domain.erps import ErpTrouble, Trouble
from tests.builders import HARBOR, INTEGRATION, QUARRY
from tests.safety.canaries import Net, a_canary

HERE = (HARBOR, INTEGRATION)
OLD, NEW = SecretKey("old", b"o" * 32), SecretKey("new", b"n" * 32)
SECRET = a_canary("token")
SETTINGS = {"url": "https://erp.example/", "key": SECRET, "näme": "☃"}


def refused(sealed: bytes, keys: Keyring, of: tuple[int, int] = HERE) -> str:
    """The trouble of a text that does not open: typed, and without what it hides."""
    with pytest.raises(ErpTrouble) as trouble:
        unseal(sealed, keys, of)
    assert trouble.value.trouble is Trouble.NOT_CONFIGURED
    assert SECRET not in f"{trouble.value} {trouble.value!r} {trouble.value.__cause__}"
    return trouble.value.detail


def test_what_was_sealed_opens() -> None:
    assert unseal(seal(SETTINGS, NEW, HERE), Keyring([NEW, OLD]), HERE) == SETTINGS
    assert unseal(seal(SETTINGS, OLD, HERE), Keyring([NEW, OLD]), HERE) == SETTINGS
    assert unseal(seal({}, NEW, HERE), Keyring([NEW]), HERE) == {}


def test_nothing_of_it_is_in_clear_but_the_id_of_the_key() -> None:
    sealed = seal(SETTINGS, NEW, HERE)

    assert key_id(sealed) == "new"
    text = sealed.decode("latin-1")
    assert Net([("database", text)]).leaks({"key": SECRET, "url": "erp.example"}) == []


def test_the_same_settings_are_sealed_differently_each_time() -> None:
    sealed = {seal(SETTINGS, NEW, HERE) for _ in range(100)}

    assert len(sealed) == 100
    start = 2 + len(NEW.id)
    assert len({each[start : start + 12] for each in sealed}) == 100


@pytest.mark.parametrize(
    "of", [(QUARRY, INTEGRATION), (HARBOR, 72), (INTEGRATION, HARBOR), (77, 1)]
)
def test_a_text_of_another_connection_does_not_open(of: tuple[int, int]) -> None:
    sealed = seal(SETTINGS, NEW, of)

    assert "another connection's" in refused(sealed, Keyring([NEW]), HERE)


def test_a_text_with_any_bit_turned_does_not_open() -> None:
    sealed = seal(SETTINGS, NEW, HERE)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        refused(bytes(changed), Keyring([NEW]))


def test_a_text_that_was_cut_or_lengthened_does_not_open() -> None:
    sealed = seal(SETTINGS, NEW, HERE)
    for size in range(len(sealed)):
        refused(sealed[:size], Keyring([NEW]))
    refused(sealed + b"\0", Keyring([NEW]))


def test_a_text_whose_key_was_given_another_id_does_not_open() -> None:
    sealed = seal(SETTINGS, NEW, HERE).replace(b"new", b"two", 1)

    assert "do not open with the key two" in refused(sealed, Keyring([SecretKey("two", NEW.key)]))


def test_it_is_told_which_key_is_missing_or_wrong() -> None:
    sealed = seal(SETTINGS, OLD, HERE)

    assert "the key old, which is not here" in refused(sealed, Keyring([NEW]))
    assert "the key old, which is not here" in refused(sealed, Keyring())
    wrong = Keyring([SecretKey("old", b"x" * 32)])
    assert "the key is another one of the same id" in refused(sealed, wrong)
