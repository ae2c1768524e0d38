"""The keys of stored connections: told by the environment, or in a file for nobody else to read."""

import os
import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from adapters.secret_keys import KeyFile, Keyring, SecretKey, SecretKeyError, keys_in
from adapters.settings import Settings
from tests.safety.canaries import a_canary

OLD, NEW = SecretKey("2026-01", b"o" * 32), SecretKey("2026-10", b"n" * 32)


def test_keys_are_told_newest_first_with_commas_or_lines_between() -> None:
    for between in (",", ", ", "\n", ",\n"):
        assert keys_in(f"{NEW.reveal()}{between}{OLD.reveal()}\n") == (NEW, OLD)
    assert keys_in("") == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "an id, a colon"),
        ("secret", "exactly 256 bits"),
        (f"a b:{b64encode(b'k' * 32).decode()}", "an id, a colon"),
        (f"{'a' * 41}:{b64encode(b'k' * 32).decode()}", "an id, a colon"),
        (f"a:{b64encode(b'k' * 31).decode()}", "exactly 256 bits"),
        (f"a:{b64encode(b'k' * 33).decode()}", "exactly 256 bits"),
        ("a:%%%%", "exactly 256 bits"),
        (f"{OLD.reveal()},{OLD.reveal()}", "once"),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as refused:
        Settings(secret_keys=text)  # type: ignore[arg-type]  # as the environment gives it

    assert OLD.reveal() not in str(refused.value)


def test_no_key_is_in_a_repr_or_an_error(tmp_path: Path) -> None:
    """I8."""
    words = [a_canary("key"), a_canary("setting")]
    told = SecretKey("told", words[0].encode())
    settings = Settings(
        secret_keys=(told,), connections={"7/71": {"key": SecretStr(words[1])}}, data_dir=tmp_path
    )
    with pytest.raises(ValidationError) as refused:
        Settings(secret_keys=f"a:{words[0]}", connections={"7/71": words[1]})  # type: ignore[arg-type,dict-item]  # as the environment gives it

    said = f"{told} {told!r} {settings!r} {settings.keyring!r} {refused.value} {refused.value!r}"
    assert not [word for word in words if word in said]


def test_without_a_key_nothing_can_be_encrypted() -> None:
    with pytest.raises(SecretKeyError, match="ERP_LINK_SECRET_KEYS"):
        Keyring().newest()


def test_only_the_embedded_default_has_a_file_of_keys(tmp_path: Path) -> None:
    url = SecretStr("postgresql+asyncpg://erp-link@db/erp-link")

    with pytest.raises(SecretKeyError, match="ERP_LINK_SECRET_KEYS"):
        Settings(data_dir=tmp_path, database_url=url).keyring.newest()
    made = Settings(data_dir=tmp_path).keyring.newest()

    assert Settings(data_dir=tmp_path).keyring.find(made.id) == made
    assert Settings(data_dir=tmp_path, database_url=url).keyring.find(made.id) is None


def test_the_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        KeyFile(tmp_path / "new" / "keys").first()
    finally:
        os.umask(before)

    (made,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = KeyFile(tmp_path / "keys")
    file.first()
    file.path.chmod(mode)

    for use in (file.keys, file.first, file.another):
        with pytest.raises(SecretKeyError, match="chmod 600"):
            use()


@pytest.mark.parametrize("content", [b"nonsense", b"a:AAAA", "a:schlüssel".encode(), b"\xff"])
def test_a_file_of_anything_else_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    file = KeyFile(tmp_path / "keys")
    file.path.write_bytes(content)
    file.path.chmod(0o600)

    for use in (file.keys, file.first, file.another):
        with pytest.raises(SecretKeyError, match="holds no keys"):
            use()
    assert file.path.read_bytes() == content


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyError, match="cannot be used"):
        KeyFile(tmp_path).first()


def test_all_who_need_the_first_key_at_once_have_the_same(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys")
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: file.first(), range(64)))

    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_no_key_is_lost_when_many_add_one_at_once(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys")
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: file.another(), range(64)))

    assert set(file.keys()) == set(made)


def test_a_new_key_of_the_file_is_found_by_those_who_run(tmp_path: Path) -> None:
    here, elsewhere = (Keyring(file=KeyFile(tmp_path / "keys")) for _ in range(2))
    old = here.newest()
    assert here.find(old.id) == old

    new = elsewhere.next()

    assert here.find(new.id) == new
    assert here.newest() == new
    assert here.find(old.id) == old


def test_a_key_that_is_told_comes_before_those_of_the_file(tmp_path: Path) -> None:
    old = Keyring(file=KeyFile(tmp_path / "keys")).newest()
    both = Keyring((NEW,), KeyFile(tmp_path / "keys"))

    assert both.newest() == both.next() == NEW
    assert both.find(old.id) == old
