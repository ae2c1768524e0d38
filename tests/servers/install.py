"""Install with apt the servers that are missing, as root: `python -m tests.servers.install`.

Says nothing when there is nothing to do, and never fails: a part that is still missing when the
tests run reports itself.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.servers import chromium, curl, postgresql
from tests.servers.parts import PartUnavailable

PACKAGES: dict[str, Callable[[], object]] = {
    "postgresql": postgresql.programs,
    "chromium": chromium.executable,
    "libatomic1": chromium.driver_library,
    "curl": curl.program,
}
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/erp-link-tests.conf")


def missing_packages() -> list[str]:
    return [package for package, find in PACKAGES.items() if not _found(find)]


def _found(find: Callable[[], object]) -> bool:
    try:
        find()
    except PartUnavailable:
        return False
    return True


@contextmanager
def no_cluster_of_debians_own() -> Iterator[None]:
    """Installing PostgreSQL on Debian also starts a server; we bring our own, and want only it."""
    NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        NO_CLUSTER.unlink()


def apt_get(*arguments: str) -> bool:
    command = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", *arguments)
    print(*command, flush=True)
    unasked = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=unasked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        print(done.stdout[-2000:])
    return done.returncode == 0


def install(package: str) -> None:
    with no_cluster_of_debians_own() if package == "postgresql" else nullcontext():
        if not apt_get("install", "--no-install-recommends", package):
            print(f"apt could not install {package}; its tests will be reported as not run.")


def main() -> None:
    packages = missing_packages()
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Missing: {', '.join(packages)}. We install them only as root, and with apt.")
        return
    apt_get("update")
    for package in packages:
        install(package)


if __name__ == "__main__":
    main()
