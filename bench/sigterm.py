"""SIGTERM under load, on SQLite and PostgreSQL: `python -m bench.sigterm [rounds]`.

Prints what the clients were told in each round, and what was not as they were told.
"""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.erps.demo import DemoBills
from adapters.store.engine import open_database
from adapters.store.migrate import migrate
from adapters.tokens import DemoIssuer
from tests.safety.company import ready_to_unlink
from tests.safety.ending_rounds import broken_promises, one_round
from tests.servers.postgresql import running_postgresql

UNLINKS = 60


async def rounds(url: str, folder: Path, number: int) -> None:
    database = open_database(url)
    await migrate(database)
    await ready_to_unlink(database, DemoBills.of(folder), range(1, number * UNLINKS + 1))
    headers = {"Authorization": f"Bearer {DemoIssuer.open(folder).token('ada')}"}
    told, queries, broken = Counter[str](), Counter[str](), 0
    for each in range(number):
        invoices = list(range(each * UNLINKS + 1, (each + 1) * UNLINKS + 1))
        found = await one_round(url, folder, f"server-{each}", invoices, headers)
        faults = await broken_promises(database, found)
        told.update(found.told.values())
        queries += found.queries
        broken += len(faults)
        print(f"{each + 1:3}", dict(Counter(found.told.values())), *faults, flush=True)
    print(f"unlinks {dict(told)}; queries {dict(queries)}; promises broken: {broken}")
    await database.engine.dispose()


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with TemporaryDirectory() as name, running_postgresql() as cluster:
        embedded = Path(name) / "sqlite"
        embedded.mkdir()
        url = f"sqlite+aiosqlite:///{embedded / 'erp-link.sqlite'}"
        for each in (url, cluster.new_database()):
            print(each.partition(":")[0])
            folder = Path(name) / each.partition("+")[0]
            folder.mkdir(exist_ok=True)
            asyncio.run(rounds(each, folder, number))


if __name__ == "__main__":
    main()
