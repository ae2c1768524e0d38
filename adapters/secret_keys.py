"""The keys that the secrets of connections are encrypted with: from the environment, or a file."""

import fcntl
import os
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

KEY_FILE = "secret-keys"
_BITS = 256
_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")
_LARGEST_FILE = 1_000_000


class SecretKeyError(Exception):
    """There is no key to encrypt with, or its file cannot be used. Says why and what to do."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key of AES-256, and what it is called in front of what it encrypted."""

    id: str
    key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "SecretKey":
        return cls(secrets.token_hex(4), secrets.token_bytes(_BITS // 8))

    def __str__(self) -> str:
        return f"the key {self.id}"

    def reveal(self) -> str:
        return f"{self.id}:{b64encode(self.key).decode()}"


def is_key_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def keys_in(text: str) -> tuple[SecretKey, ...]:
    """The keys of a text: `id:base64`, newest first, with commas or line ends between.

    Raises ValueError, which repeats nothing of the text.
    """
    keys = tuple(_key(place, each) for place, each in enumerate(_parts(text), 1))
    if len({each.id for each in keys}) != len(keys):
        raise ValueError("must name each key once")
    return keys


def _parts(text: str) -> list[str]:
    return [part for each in re.split(r"[,\n]", text) if (part := each.strip())]


def _key(place: int, text: str) -> SecretKey:
    id, _, encoded = text.partition(":")
    if not is_key_id(id):
        raise ValueError(f"key {place} must be an id, a colon and 256 bits in Base64")
    try:
        key = b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) * 8 != _BITS:
        raise ValueError(f"key {place} must have exactly 256 bits, in Base64")
    return SecretKey(id, key)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The keys of the embedded default, in its data folder, for their owner alone to read."""

    path: Path

    def keys(self) -> tuple[SecretKey, ...]:
        """None when there is no file yet. Raises SecretKeyError."""
        try:
            with self.path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise SecretKeyError(
                        f"the file of keys {self.path} is open to other users: "
                        f"run 'chmod 600 {self.path}'"
                    )
                return keys_in(file.read(_LARGEST_FILE).decode("ascii"))
        except FileNotFoundError:
            return ()
        except OSError as problem:
            raise self._unusable(problem) from None
        except ValueError:
            raise SecretKeyError(
                f"{self.path} holds no keys: bring back the file that was there, or delete it "
                "and add every stored connection again"
            ) from None

    def first(self) -> SecretKey:
        """The newest key, made if there is none yet. Raises SecretKeyError."""
        keys = self.keys()
        return keys[0] if keys else self._make(only_the_first=True)

    def another(self) -> SecretKey:
        """A new key before all others, which stay. Raises SecretKeyError."""
        return self._make(only_the_first=False)

    def _make(self, *, only_the_first: bool) -> SecretKey:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone_in(self.path.parent):
                keys = self.keys()
                if keys and only_the_first:
                    return keys[0]
                made = SecretKey.new()
                self._write([made, *keys])
                return made
        except OSError as problem:
            raise self._unusable(problem) from None

    def _write(self, keys: Sequence[SecretKey]) -> None:
        """Under a name of its own first: who reads finds the old file or the new one, whole."""
        draft = self.path.with_name(f".{self.path.name}-{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.writelines(f"{each.reveal()}\n" for each in keys)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)

    def _unusable(self, problem: OSError) -> SecretKeyError:
        return SecretKeyError(f"the file of keys {self.path} cannot be used: {problem.strerror}")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Until the end, no other process is in here for the same folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class Keyring:
    """All keys there are, newest first: those that were told, then those of the file, if any."""

    told: Sequence[SecretKey] = ()
    file: KeyFile | None = None
    _of_file: tuple[SecretKey, ...] = field(default=(), init=False)

    def newest(self) -> SecretKey:
        """What to encrypt with. Raises SecretKeyError when there is none, and none can be made."""
        if self.told:
            return self.told[0]
        if self.file is not None:
            return self.file.first()
        raise SecretKeyError(
            "there is no key to encrypt with: set ERP_LINK_SECRET_KEYS, see docs/erps.md"
        )

    def next(self) -> SecretKey:
        """As `newest`; where the keys are the file's, a new one is made for it."""
        if self.told or self.file is None:
            return self.newest()
        return self.file.another()

    def find(self, id: str) -> SecretKey | None:
        """The key of this id; a file that has a new one is read again. Raises SecretKeyError."""
        if (found := self._find(id)) is None and self.file is not None:
            self._of_file = self.file.keys()
            found = self._find(id)
        return found

    def _find(self, id: str) -> SecretKey | None:
        return next((each for each in (*self.told, *self._of_file) if each.id == id), None)
