"""What the database holds of a company's links, at one moment, and whether it is whole."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Table, select

from adapters.store.ending import LINE_ITEMS
from adapters.store.engine import Database
from adapters.store.rows import ATTEMPTS, INVOICES, LINKS
from tests.safety.company import COMPANY

Found = Mapping[str, Any]


@dataclass(frozen=True)
class Books:
    """All rows of the tables that an unlink writes, of one company."""

    invoices: Sequence[Found]
    links: Sequence[Found]
    lines: Sequence[Found]
    attempts: Sequence[Found]

    def invoice(self, id: int) -> "Books":
        """The part that is about one invoice."""
        return Books(
            [row for row in self.invoices if row["id"] == id],
            *(
                [row for row in rows if row["invoice_id"] == id]
                for rows in (self.links, self.lines, self.attempts)
            ),
        )

    def outcomes(self) -> Counter[str]:
        return Counter(row["outcome"] for row in self.attempts)

    def active(self) -> list[Found]:
        return [row for row in self.links if row["ended_at"] is None]

    def state(self) -> Literal["old", "new"]:
        """Of one invoice with one link: all as before the unlink, or all as after it."""
        assert not list(self.faults())
        assert len(self.invoices) == len(self.links) == 1
        assert len(self.lines) == 2
        unlinked = self.outcomes()["unlinked"]
        assert unlinked == (0 if self.active() else 1)
        linked = self.links[0]["id"] if self.active() else None
        assert [row["link_id"] for row in self.lines] == [linked, linked]
        assert self.invoices[0]["erp_status"] == ("not_in_erp" if unlinked else "synced")
        return "new" if unlinked else "old"

    def faults(self) -> Iterator[str]:
        """I2 and I3: what must never be so, whoever did what at once."""
        active: dict[int, UUID] = {}
        for link in self.active():
            if link["invoice_id"] in active:
                yield f"invoice {link['invoice_id']} has two active links"
            active[link["invoice_id"]] = link["id"]
        records = Counter((row["integration_id"], row["record_id"]) for row in self.active())
        yield from (f"record {key} has {n} active links" for key, n in records.items() if n > 1)
        yield from self._astray(active)
        yield from self._audit_gaps()

    def _astray(self, active: Mapping[int, UUID]) -> Iterator[str]:
        synced_at = {link["id"]: link["synced_at"] for link in self.links}
        for invoice in self.invoices:
            link_id = invoice["link_id"]
            if link_id != active.get(invoice["id"]):
                yield f"invoice {invoice['id']} names another link than its active one"
            elif invoice["synced_at"] != (synced_at[link_id] if link_id else None):
                yield f"invoice {invoice['id']} is synced at another time than its link"
        for line in self.lines:
            if line["link_id"] not in (None, active.get(line["invoice_id"])):
                yield f"line {line['id']} of invoice {line['invoice_id']} names a dead link"

    def _audit_gaps(self) -> Iterator[str]:
        ended = {row["id"]: row["ended_at"] for row in self.links if row["ended_at"]}
        unlinks = [row for row in self.attempts if row["outcome"] == "unlinked"]
        for link_id, times in Counter(row["link_id"] for row in unlinks).items():
            if times > 1:
                yield f"link {link_id} was unlinked {times} times"
        for attempt in unlinks:
            if ended.get(attempt["link_id"]) != attempt["attempted_at"]:
                yield f"the audit tells of an unlink of {attempt['link_id']} that was not"
        told = {row["link_id"] for row in unlinks}
        latest = {row["invoice_id"]: row["id"] for row in self.links}
        for link_id in latest.values():
            # A re-sync may end a link too, but then it leaves a later one behind.
            if link_id in ended and link_id not in told:
                yield f"link {link_id} was ended without a trace"


async def books(database: Database, company_id: int = COMPANY) -> Books:
    """Read all of it at one moment."""
    level = "SERIALIZABLE" if database.engine.dialect.name == "sqlite" else "REPEATABLE READ"
    found = []
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level=level)
        for table, order in (
            (INVOICES, "id"),
            (LINKS, "synced_at"),
            (LINE_ITEMS, "id"),
            (ATTEMPTS, "attempted_at"),
        ):
            found.append(await _rows(connection, table, order, company_id))
    return Books(*found)


async def _rows(connection: Any, table: Table, order: str, company_id: int) -> list[Found]:
    wanted = select(table).where(table.c.company_id == company_id).order_by(table.c[order])
    return [dict(row) for row in (await connection.execute(wanted)).mappings()]
