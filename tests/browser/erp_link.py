"""ERP Link as a newcomer starts it: its commands, each a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from adapters.demo.bills import bills_of
from adapters.demo.companies import CASCADE
from adapters.erps.demo import DemoBills
from domain.erps import RecordState
from tests.servers.environments import one_at_a_time
from tests.servers.parts import Part, PartUnavailable
from tests.servers.processes import Server, ServerFailed, free_port, throw_away_folder

ERP_LINK = Path(sys.executable).with_name("erp-link")
WEB = Path(__file__).parents[2] / "web"
BUILT = WEB / "dist" / "page" / "index.html"
A_LINK = re.compile(r"^  (\w+): .*\n    link +(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Synced:
    """An invoice, as people call it, and its bill in the Demo ERP."""

    number: str
    record: str


def synced_invoices(state: RecordState) -> list[Synced]:
    """Those of ada's company whose bills are in this state: they are the same everywhere."""
    return [
        Synced(bill.document_number, bill.record_id)
        for bill in bills_of(CASCADE)
        if bill.state is state and not bill.permanent and bill.deleted_at is None
    ]


class ErpLink:
    """The service with its demo data, on a port and in a folder of its own."""

    def __init__(self, folder: Path, port: int | None = None, **settings: object) -> None:
        self._folder = folder
        port, self.data = port or free_port(), folder / "data"
        self.origin = f"http://127.0.0.1:{port}"
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ERP_LINK_")
        } | {"ERP_LINK_PORT": str(port), "ERP_LINK_DATA_DIR": str(self.data)}
        for name, value in settings.items():
            self._environment[f"ERP_LINK_{name.upper()}"] = str(value)

    def run(self, *arguments: str) -> str:
        """What a command prints. Raises ServerFailed with its complaint."""
        done = subprocess.run(
            [ERP_LINK, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise ServerFailed(f"erp-link {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout

    def bring_in(self, document: Any) -> None:
        """Import a document, as a file."""
        file = self._folder / "import.json"
        file.write_text(json.dumps(document))
        self.run("import", str(file))

    def serve(self) -> Server:
        server = Server([ERP_LINK, "serve"], self._folder, environment=self._environment)
        return server.wait_until(self._answers, seconds=60)

    def start(self) -> None:
        self._server = self.serve()

    def stop(self) -> None:
        self._server.end()

    def printed(self) -> str:
        """All that `serve` has printed."""
        return (self._folder / "server.log").read_text()

    def link_of(self, person: str) -> str:
        """The link that `serve` printed for a demo person: GraphiQL, with their token."""
        links: dict[str, str] = dict(A_LINK.findall(self.printed()))
        return links[person]

    def token_of(self, person: str) -> str:
        return self.link_of(person).partition("#token=")[2]

    def bill(self, record: str) -> dict[str, Any]:
        """A bill of the Demo ERP, as its list has it."""
        bills = json.loads(self.run("demo-erp", "list", "--json"))
        (bill,) = (each for each in bills if each["record"] == record)
        found: dict[str, Any] = bill
        return found

    def delete(self, invoice: Synced) -> None:
        """What `erp-link demo-erp delete` does to its bill."""
        DemoBills.of(self.data).delete(invoice.record)

    @contextmanager
    def without_demo_erp(self) -> Iterator[None]:
        """The Demo ERP cannot be reached meanwhile: its file is somewhere else."""
        ledger, away = self.data / "demo-erp.sqlite", self.data / "away.sqlite"
        ledger.rename(away)
        try:
            yield
        finally:
            away.rename(ledger)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.origin}/readyz", timeout=60).is_success
        except httpx2.TransportError:
            return False


@contextmanager
def running_erp_link(*files: Any, port: int | None = None, **settings: object) -> Iterator[ErpLink]:
    """What `make run` does, on a fresh folder; and the import of these documents, if any."""
    with throw_away_folder() as folder:
        service = ErpLink(folder, port, **settings)
        service.run("migrate")
        service.run("seed")
        for document in files:
            service.bring_in(document)
        service.start()
        try:
            yield service
        finally:
            service.stop()


def build_pages() -> None:
    """Build the pages, unless they are fresh. Raises PartUnavailable when they cannot be built."""
    with one_at_a_time(Part.CHROMIUM):
        if _is_fresh():
            return
        done = subprocess.run([WEB / "build.sh"], capture_output=True, text=True)
    if done.returncode != 0:
        complaint = done.stderr.strip().splitlines()[-1:]
        raise PartUnavailable(Part.CHROMIUM, f"the pages are not built: {' '.join(complaint)}")


def _is_fresh() -> bool:
    """Whether the build is newer than everything it is made from."""
    sources = [WEB / "build.sh", WEB / ".npmrc", WEB.parent / "schema.graphql"]
    sources += [*WEB.glob("*.json"), *WEB.glob("*.ts"), *WEB.glob("*.mjs")]
    sources += [*(WEB / "graphiql").rglob("*"), *(WEB / "page").rglob("*")]
    built = BUILT.stat().st_mtime if BUILT.exists() else 0
    return all(each.stat().st_mtime <= built for each in sources if each.is_file())
