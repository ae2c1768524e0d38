"""The schema comes and goes as the migrations say, and is the one that the models describe."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlmodel import SQLModel

from adapters.store.engine import Database
from adapters.store.migrate import is_in_the_models, migrate
from adapters.store.revision import SCRIPTS, DatabaseFromTheFuture, is_current, known
from adapters.store.rows import INTEGRATIONS
from tests.builders import HARBOR, QUARRY, a_directory, bring_in
from tests.safety.books import books
from tests.safety.company import found_company
from tests.safety.processes import erp_link

OUR_OWN = {"alembic_version", *SQLModel.metadata.tables}


def tables(connection: Connection) -> set[str]:
    found = inspect(connection).get_table_names()
    return {name for name in found if is_in_the_models(name, "table", None)}


def differences(connection: Connection) -> list[Any]:
    """What would have to be migrated for the schema to be that of the models."""
    compared = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(
        connection, opts=compared | {"include_name": is_in_the_models}
    )
    return list(compare_metadata(context, SQLModel.metadata))


async def seen(database: Database, look: Any) -> Any:
    async with database.reading() as connection:
        return await connection.run_sync(look)


async def test_up_down_and_up_again(empty: Database) -> None:
    assert not await is_current(empty)

    await migrate(empty)
    assert await seen(empty, tables) == OUR_OWN
    assert await is_current(empty)

    await migrate(empty, "base")
    assert await seen(empty, tables) == {"alembic_version"}
    assert not await is_current(empty)

    await migrate(empty)
    assert await seen(empty, tables) == OUR_OWN
    assert await is_current(empty)


async def test_the_schema_is_that_of_the_models(database: Database) -> None:
    assert await seen(database, differences) == []


async def test_constraints_and_partial_indexes_are_those_of_the_models(
    database: Database, kind: str
) -> None:
    """What the comparison above leaves out."""

    def held(connection: Connection) -> dict[str, Any]:
        inspector = inspect(connection)
        return {
            table: (
                sorted(c["name"] or "" for c in inspector.get_check_constraints(table)),
                sorted(
                    (
                        i["name"] or "",
                        i["unique"],
                        i["dialect_options"].get(f"{kind}_where") is not None,
                    )
                    for i in inspector.get_indexes(table)
                    if is_in_the_models(i["name"], "index", None)
                ),
            )
            for table in SQLModel.metadata.tables
        }

    async with database.reading() as connection:
        migrated = await connection.run_sync(held)
    for table in SQLModel.metadata.tables.values():
        checks = sorted(
            str(constraint.name)
            for constraint in table.constraints
            if constraint.__visit_name__ == "table_or_column_check_constraint"
        )
        indexes = sorted(
            (
                str(index.name),
                bool(index.unique),
                index.dialect_options[kind]["where"] is not None,
            )
            for index in table.indexes
        )
        assert migrated[table.name] == (checks, indexes), table.name


async def test_what_companies_said_of_rules_stays_their_word_up_and_down(
    database: Database,
) -> None:
    for company in (HARBOR, QUARRY):
        said = {"unlinkSupported": company == HARBOR, "documentationUrl": f"https://{company}"}
        await bring_in(database, a_directory([], company, said))
    before = [await _rules_of(database, company) for company in (HARBOR, QUARRY)]

    await migrate(database, "0006")
    await migrate(database)

    assert [await _rules_of(database, company) for company in (HARBOR, QUARRY)] == before
    assert [rules["own_unlink_supported"] for rules in before] == [True, False]


async def _rules_of(database: Database, company: int) -> dict[str, Any]:
    wanted = select(INTEGRATIONS).where(INTEGRATIONS.c.company_id == company)
    async with database.reading() as connection:
        return dict((await connection.execute(wanted)).mappings().one())


async def test_to_migrate_what_is_current_changes_nothing(database: Database) -> None:
    await found_company(database, [1, 2])
    before = await books(database)

    await migrate(database)

    assert await books(database) == before


async def test_several_processes_that_migrate_at_once_migrate_once(
    empty: Database, tmp_path: Path
) -> None:
    settings = {"database_url": empty.engine.url.render_as_string(False), "data_dir": tmp_path}

    async with asyncio.timeout(60):
        started = [
            asyncio.to_thread(erp_link, "migrate", cwd=tmp_path, **settings) for _ in range(4)
        ]
        ended = await asyncio.gather(*started)

    assert [(each.returncode, each.stderr) for each in ended] == 4 * [(0, "")]
    assert await is_current(empty)
    assert await seen(empty, differences) == []


async def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    async with empty.writing() as connection:
        # In the way of one of the last tables.
        await connection.execute(text("CREATE TABLE erp_line_links (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        await migrate(empty)

    assert await seen(empty, tables) == {"erp_line_links"}


async def test_a_database_from_the_future_is_told_apart_and_left_alone(
    database: Database,
) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseFromTheFuture, match="revision 9999"):
        await migrate(database)

    assert not await is_current(database)
    assert await seen(database, tables) == OUR_OWN


def test_the_revisions_that_serving_knows_are_alembics() -> None:
    found = ScriptDirectory(str(SCRIPTS)).walk_revisions()

    assert known() == [script.revision for script in found][::-1]
