"""The key of the demo's tokens: one for all processes, and for nobody else to read."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.tokens import DemoIssuer, SigningKeyError


def test_the_key_is_kept_between_starts(tmp_path: Path) -> None:
    token = DemoIssuer.open(tmp_path).token("ada")

    assert DemoIssuer.open(tmp_path).verify(token).subject == "ada"


def test_makes_the_folder_and_leaves_nothing_but_the_key(tmp_path: Path) -> None:
    DemoIssuer.open(tmp_path / "new" / "data")

    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["signing-key"]


def test_the_key_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        DemoIssuer.open(tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "signing-key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_refuses_a_key_that_others_may_touch(tmp_path: Path, mode: int) -> None:
    DemoIssuer.open(tmp_path)
    (tmp_path / "signing-key").chmod(mode)

    with pytest.raises(SigningKeyError, match="chmod 600"):
        DemoIssuer.open(tmp_path)


@pytest.mark.parametrize("content", ["", "0" * 63, "0" * 65, "z" * 64, "0" * 64 + "\n" + "0" * 64])
def test_refuses_a_file_that_holds_no_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "signing-key"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(SigningKeyError, match="holds no signing key"):
        DemoIssuer.open(tmp_path)

    assert path.read_text() == content


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "signing-key").mkdir(mode=0o700)

    with pytest.raises(SigningKeyError, match="cannot be used"):
        DemoIssuer.open(tmp_path)


def test_all_who_start_at_once_have_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        issuers = list(pool.map(DemoIssuer.open, [tmp_path / "data"] * 64))

    assert len({issuer.key for issuer in issuers}) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["signing-key"]
