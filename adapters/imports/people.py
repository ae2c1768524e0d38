"""People and the identities that they are known by: nobody's data, shared by all companies."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.imports.directory import PersonFields
from adapters.imports.problems import Problem, refusal
from adapters.imports.statements import add_missing, change, chunks
from adapters.store.rows import table
from adapters.store.tables import IdentityRow, PersonRow

PEOPLE = table(PersonRow)
IDENTITIES = table(IdentityRow)

Identity = tuple[str, str]

LOCK = 0x0EB9_1141
"""Any number will do: what matters is that all imports of people take the same one."""


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Wait for other imports of people to end, lest two of them add the same person.

    On SQLite a writer is alone anyway.
    """
    if connection.dialect.name != "sqlite":
        await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def person_ids(connection: AsyncConnection, people: Sequence[PersonFields]) -> list[int]:
    """The id of each person, known before or added now, with their names and identities.

    Raises ImportRefused when the file's people are not those that are known.
    """
    known = await _known(connection, people)
    found = [{known[key] for key in _keys(person) if key in known} for person in people]
    _refuse_mistaken(found)
    new = [person for person, ids in zip(people, found, strict=True) if not ids]
    added = iter(await _add(connection, new))
    ids = [each.pop() if each else next(added) for each in found]
    named = [{"id": id, "name": each.name} for id, each in zip(ids, people, strict=True)]
    await change(connection, PEOPLE, ["id"], named)
    identities = [
        {"issuer": issuer, "subject": subject, "person_id": id}
        for id, person in zip(ids, people, strict=True)
        for issuer, subject in _keys(person)
    ]
    await add_missing(connection, IDENTITIES, identities)
    return ids


def _keys(person: PersonFields) -> list[Identity]:
    return [(identity.issuer, identity.subject) for identity in person.identities]


async def _known(
    connection: AsyncConnection, people: Sequence[PersonFields]
) -> dict[Identity, int]:
    key = (IDENTITIES.c.issuer, IDENTITIES.c.subject)
    known = {}
    for keys in chunks(key for person in people for key in _keys(person)):
        query = select(*key, IDENTITIES.c.person_id).where(tuple_(*key).in_(keys))
        for issuer, subject, person_id in await connection.execute(query):
            known[issuer, subject] = person_id
    return known


def _refuse_mistaken(found: Sequence[set[int]]) -> None:
    problems = []
    places: dict[int, int] = {}
    for place, ids in enumerate(found):
        where = f"people[{place}].identities"
        if len(ids) > 1:
            problems.append(Problem(0, where, "these are known as different people"))
        for id in ids:
            if places.setdefault(id, place) != place:
                problems.append(Problem(0, where, f"this is known as people[{places[id]}]"))
    if problems:
        raise refusal(problems)


async def _add(connection: AsyncConnection, people: Sequence[PersonFields]) -> list[int]:
    if not people:
        return []
    statement = insert(PEOPLE).returning(PEOPLE.c.id, sort_by_parameter_order=True)
    rows = await connection.execute(statement, [{"name": person.name} for person in people])
    return list(rows.scalars())
