"""What processes take, by the kernel's own accounting: where there is `/proc`, else nothing."""

import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process and all its children took so far (CPU seconds), and hold now (MB)."""

    cpu: float
    megabytes: float

    @classmethod
    def by(cls, root: int | None) -> Self:
        family = [] if root is None else [*_family(root)]
        return cls(sum(map(_cpu_seconds, family)), sum(map(_megabytes, family)))


def pin(root: int, cores: Collection[int]) -> None:
    """Keep a process, its children and all their threads on some cores, where that can be said."""
    if sys.platform != "linux" or not cores:
        return
    for process in _family(root):
        for task in _names(PROC / str(process) / "task"):
            try:
                os.sched_setaffinity(int(task), cores)
            except ProcessLookupError:
                continue


def cores() -> tuple[frozenset[int], frozenset[int]]:
    """One core for the service, another for all else; none to speak of where there is but one."""
    ours = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
    if len(ours) < 2:
        return frozenset(), frozenset()
    return frozenset(ours[:1]), frozenset(ours[1:2])


def listener(port: int) -> int | None:
    """The process that listens on a port of this machine, as far as we may know."""
    sockets = {
        f"socket:[{fields[9]}]"
        for table in ("tcp", "tcp6")
        for fields in map(str.split, _text(PROC / "net" / table).splitlines()[1:])
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    found = {int(name) for name in _names(PROC) if name.isdigit() and sockets & _files(int(name))}
    parents = {pid for pid in found if _parent(pid) not in found}
    return min(parents, default=None)


def _family(root: int) -> Iterator[int]:
    yield root
    for task in _names(PROC / str(root) / "task"):
        for child in _text(PROC / str(root) / "task" / task / "children").split():
            yield from _family(int(child))


def _cpu_seconds(pid: int) -> float:
    """Its own, and that of its children that ended: a sum over a family never falls."""
    return sum(map(int, _stat(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` from the third on: a name may hold anything."""
    return _text(PROC / str(pid) / "stat").rpartition(")")[2].split()


def _megabytes(pid: int) -> float:
    pages = _text(PROC / str(pid) / "statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if pages else 0.0


def _files(pid: int) -> set[str]:
    folder, links = PROC / str(pid) / "fd", set()
    for name in _names(folder):
        try:
            links.add(os.readlink(folder / name))
        except OSError:
            continue
    return links


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
