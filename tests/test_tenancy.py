"""The listener that watches over I5 in every test tells a wrong statement from a right one."""

import re

import pytest
from sqlalchemy import text

from adapters.store.engine import Database
from tests.tenancy import every_statement_names_its_company, faults_of, faults_of_values

DIALECTS = ["postgres", "sqlite"]
INVOICES, LINKS = "subcontractor_invoices", "erp_links"

WRONG = {
    "no condition": f"SELECT * FROM {LINKS}",
    "id alone": f"SELECT * FROM {LINKS} WHERE id = $1",
    "join on id alone": f"SELECT * FROM {INVOICES} AS i JOIN {LINKS} AS l ON l.id = i.link_id"
    " WHERE i.company_id = $1",
    "one of two tables unnamed": f"SELECT * FROM {INVOICES} AS i, {LINKS} AS l"
    " WHERE i.company_id = $1 AND l.id = i.link_id",
    "the same table twice": f"SELECT * FROM {LINKS} AS a JOIN {LINKS} AS b ON a.id = b.id"
    " WHERE a.company_id = $1",
    "nothing bound": f"SELECT * FROM {INVOICES} AS i JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id",
    "or": f"SELECT * FROM {LINKS} WHERE company_id = $1 OR id = $2",
    "not": f"SELECT * FROM {LINKS} WHERE NOT company_id = $1",
    "a case": f"SELECT * FROM {LINKS} WHERE CASE WHEN company_id = $1 THEN true ELSE true END",
    "another comparison": f"SELECT * FROM {LINKS} WHERE company_id >= $1",
    "several companies": f"SELECT * FROM {LINKS} WHERE company_id IN ($1, $2)",
    "a constant": f"SELECT * FROM {LINKS} WHERE company_id = 7",
    "itself": f"SELECT * FROM {LINKS} WHERE company_id = company_id",
    "another column": f"SELECT * FROM {LINKS} WHERE invoice_id = $1",
    "by a reference table": f"SELECT * FROM companies AS c JOIN {LINKS} AS l"
    " ON l.company_id = c.id WHERE c.name = $1",
    "left join, right bound": f"SELECT * FROM {INVOICES} AS i LEFT JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id AND l.company_id = $1",
    "left join, left bound": f"SELECT * FROM {INVOICES} AS i LEFT JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id AND i.company_id = $1",
    "a full join": f"SELECT * FROM {INVOICES} AS i FULL JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id AND i.company_id = $1",
    "exists": f"SELECT * FROM {INVOICES} AS i WHERE i.company_id = $1"
    f" AND EXISTS (SELECT 1 FROM {LINKS} AS l WHERE l.invoice_id = i.id)",
    "a subquery": f"SELECT * FROM {INVOICES} WHERE company_id = $1"
    f" AND link_id IN (SELECT id FROM {LINKS})",
    "a column of a subquery": f"SELECT (SELECT count(*) FROM {LINKS}) FROM {INVOICES}"
    " WHERE company_id = $1",
    "a condition around a subquery": f"SELECT * FROM (SELECT * FROM {LINKS}) AS l"
    " WHERE l.company_id = $1",
    "with": f"WITH l AS (SELECT * FROM {LINKS}) SELECT * FROM l WHERE l.company_id = $1",
    "union": f"SELECT id FROM {LINKS} WHERE company_id = $1 UNION ALL SELECT id FROM {LINKS}",
    "quoted": f'SELECT * FROM "{LINKS}" WHERE id = $1',
    "in capitals": f"SELECT * FROM {LINKS.upper()} WHERE ID = $1",
    "update": f"UPDATE {LINKS} SET ended_at = $1 WHERE id = $2",
    "update from": f"UPDATE {LINKS} SET ended_at = $1 FROM {INVOICES} AS i"
    f" WHERE {LINKS}.company_id = $2 AND i.id = {LINKS}.invoice_id",
    "update of the company alone": f"UPDATE {LINKS} SET company_id = $1",
    "moved to another company": f"UPDATE {LINKS} SET company_id = $1 WHERE company_id = $2",
    "delete": f"DELETE FROM {LINKS} WHERE id = $1",
    "delete all": f"DELETE FROM {LINKS}",
    "insert": f"INSERT INTO {LINKS} (id, record_id) VALUES ($1, $2)",
    "insert without columns": f"INSERT INTO {LINKS} VALUES ($1, $2)",
    "insert for a constant": f"INSERT INTO {LINKS} (company_id, id) VALUES (7, $1)",
    "insert from": f"INSERT INTO {LINKS} (company_id, id) SELECT company_id, id FROM {INVOICES}",
    "insert from a part": f"WITH i AS (UPDATE {INVOICES} SET link_id = NULL WHERE company_id = $1"
    f" RETURNING company_id, link_id), l AS (INSERT INTO {LINKS} (company_id, id)"
    " SELECT company_id, link_id FROM i) SELECT * FROM i",
    "a part that is not named": f"WITH l AS (UPDATE {LINKS} SET ended_at = $1 WHERE id = $2"
    f" RETURNING id), i AS (UPDATE {INVOICES} SET link_id = NULL FROM l WHERE company_id = $3"
    " AND link_id = l.id RETURNING 1) SELECT * FROM i",
    "moved on conflict": f"INSERT INTO {LINKS} (company_id, id) VALUES ($1, $2)"
    " ON CONFLICT (company_id, id) DO UPDATE SET company_id = $3",
    "truncate": f"TRUNCATE TABLE {LINKS}",
}

RIGHT = {
    "select": f"SELECT * FROM {LINKS} WHERE company_id = $1 AND id = $2",
    "with a cast": f"SELECT * FROM {LINKS} WHERE {LINKS}.company_id = CAST($1 AS BIGINT)",
    "in parentheses": f"SELECT * FROM {LINKS} WHERE (company_id = $1) AND (id = $2 OR id = $3)",
    "join": f"SELECT * FROM {INVOICES} AS i JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id AND l.id = i.link_id WHERE i.company_id = $1",
    "left join": f"SELECT * FROM {INVOICES} AS i LEFT JOIN {LINKS} AS l"
    " ON l.company_id = i.company_id AND l.id = i.link_id WHERE i.company_id = $1",
    "a chain of joins": f"SELECT * FROM erp_line_links AS m JOIN {LINKS} AS l"
    f" ON m.company_id = l.company_id JOIN {INVOICES} AS i ON l.company_id = i.company_id"
    " WHERE i.company_id = $1",
    "subquery": f"SELECT * FROM {INVOICES} AS i WHERE i.company_id = $1"
    f" AND EXISTS (SELECT 1 FROM {LINKS} AS l WHERE l.company_id = $2)",
    "update": f"UPDATE {LINKS} SET ended_at = $1 WHERE company_id = $2 AND id = $3",
    "delete": f"DELETE FROM {LINKS} WHERE company_id = $1 AND id = $2",
    "insert": f"INSERT INTO {LINKS} (company_id, id) VALUES ($1, $2), ($3, $4)",
    "insert from a part": f"WITH i AS (UPDATE {INVOICES} SET link_id = NULL WHERE company_id = $1"
    f" RETURNING link_id), l AS (INSERT INTO {LINKS} (company_id, id)"
    " SELECT CAST($2 AS BIGINT) AS company, link_id FROM i) SELECT * FROM i",
    "insert or update": f"INSERT INTO {LINKS} (company_id, id) VALUES ($1, $2)"
    " ON CONFLICT (company_id, id) DO UPDATE SET record_id = excluded.record_id",
    "nobody's data": "SELECT * FROM people JOIN memberships ON person_id = people.id",
    "nobody's data written": "INSERT INTO memberships (person_id, company_id) VALUES ($1, $2)",
    "a new index": f"CREATE INDEX some_index ON {LINKS} (company_id, record_id)",
}


def spoken(statement: str, dialect: str) -> str:
    return statement if dialect == "postgres" else re.sub(r"\$[0-9]+", "?", statement)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG)
def test_tells_a_statement_that_does_not_name_its_company(statement: str, dialect: str) -> None:
    assert faults_of(spoken(statement, dialect), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("statement", RIGHT.values(), ids=RIGHT)
def test_has_nothing_against_one_that_does(statement: str, dialect: str) -> None:
    assert not faults_of(spoken(statement, dialect), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("statement", "one", "two"),
    [
        (
            f"SELECT * FROM {INVOICES} AS i, {LINKS} AS l"
            " WHERE i.id = $1 AND i.company_id = $2 AND l.company_id = $3",
            (1, 7, 7),
            (7, 7, 8),
        ),
        (RIGHT["subquery"], (7, 7), (7, 8)),
        (RIGHT["insert from a part"], (7, 7), (7, 8)),
        (RIGHT["insert"], (7, "a", 7, "b"), (7, "a", 8, "a")),
        (RIGHT["delete"], [(7, "a"), (7, "b")], [(7, "a"), (8, "a")]),
    ],
    ids=["two tables", "subquery", "a part", "insert", "many at once"],
)
def test_tells_a_statement_that_names_two_companies(
    statement: str, one: object, two: object, dialect: str
) -> None:
    statement = spoken(statement, dialect)

    assert not faults_of_values(statement, dialect, one)
    assert faults_of_values(statement, dialect, two)


@pytest.fixture
def _tenancy() -> None:
    """In the place of the one that fails every other test: here wrong statements are sent."""


async def test_hears_every_statement_that_is_sent(database: Database) -> None:
    right = text("SELECT id FROM erp_links WHERE company_id = :company AND id = :id")
    wrong = text("SELECT id FROM erp_links WHERE id = :id")

    with every_statement_names_its_company() as faults:
        async with database.reading() as connection:
            await connection.execute(right, {"company": 7, "id": None})
            assert faults == []
            await connection.execute(wrong, {"id": None})

    [fault] = faults
    assert fault.startswith("erp_links does not name its company, in: SELECT")
