"""The text that a search over invoices looks into, and what must hold for one to be found.

How it is indexed: docs/decisions/0012-a-search-is-walked-or-looked-up.md.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from adapters.store.rows import INVOICES

LOOKED_UP = re.compile(r"[^\W_]{3}")
"""What a word must have for an index of trigrams to find it."""
MOST_LOOKED_UP = 4
"""Words of one search that are looked up; the others are looked for in what these find."""
SAMPLE = INVOICES.c.id % literal_column("251") == literal_column("0")
"""The invoices in PostgreSQL's index of a sample. A prime number, since ids may have a rhythm."""

ALWAYS = literal_column("1 = 1", Boolean)


class SearchShape(NamedTuple):
    """A search without its words, which have the names `word_0` and so on."""

    words: int
    looked_up: int
    """How many of the first words an index is asked for."""

    @classmethod
    def of(cls, words: Sequence[str]) -> "SearchShape":
        return cls(len(words), min(MOST_LOOKED_UP, sum(map(_is_looked_up, words))))


def search_text(
    number: int, invoice_number: str | None, vendor_name: str, document_number: str | None
) -> str:
    """All that an invoice can be found by, casefolded, one thing to a line.

    `document_number` is that of the ERP document of the active link.
    """
    found_by = (str(number), invoice_number, vendor_name, document_number)
    return "\n".join(text.casefold() for text in found_by if text)


def words_of(search: str | None) -> Sequence[str]:
    """The words that must all occur in an invoice's text, first those that an index finds."""
    words = dict.fromkeys((search or "").casefold().split())
    return sorted(words, key=lambda word: -len(word) if _is_looked_up(word) else 0)


def occurring(
    shape: SearchShape, text: ColumnElement[str] = INVOICES.c.search_text
) -> list[ColumnElement[bool]]:
    """That each word occurs in a text, as it is written. No index is of use for that."""
    return [_Position(text, word) > literal_column("0") for word in _words(shape.words)]


def matching(
    shape: SearchShape, only_if: ColumnElement[bool] = ALWAYS
) -> list[ColumnElement[bool]]:
    """That each word occurs in an invoice's text, by the index where it knows the words.

    `only_if` is known before: nothing is looked up unless it holds.
    """
    looked_up = _words(shape.looked_up)
    if not looked_up:
        return [only_if, *occurring(shape)]
    return [_LookedUp(only_if, _company(), *looked_up), *occurring(shape)]


def are_rare(shape: SearchShape) -> ColumnElement[bool]:
    """Whether a company has less than one or two thousand invoices with the words looked up."""
    return _Rare(_company(), *_words(shape.looked_up))


def _is_looked_up(word: str) -> bool:
    return LOOKED_UP.search(word) is not None and "\0" not in word


def _words(count: int) -> list[BindParameter[str]]:
    kind = INVOICES.c.search_text.type
    return [bindparam(f"word_{number}", type_=kind) for number in range(count)]


def _company() -> BindParameter[int]:
    return bindparam("company_id", type_=BigInteger)


class Condition(FunctionElement[bool]):
    """What each database has its own words for."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        # As it is: "... IN (...) = 1", as SQLAlchemy would have it on SQLite, uses no index.
        return self


class _Position(FunctionElement[int]):
    """Where a word begins in a text, from 1 on; 0 where it does not occur."""

    type = Integer()
    inherit_cache = True


class _LookedUp(Condition):
    pass


class _Rare(Condition):
    pass


@compiles(_Position, "postgresql")
def _position_on_postgresql(element: _Position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(_LookedUp, "postgresql")
def _looked_up_on_postgresql(element: _LookedUp, compiler: Any, **options: Any) -> str:
    """By the index synced_invoices_by_text."""
    only_if, _, *words = element.clauses
    return str(compiler.process(and_(only_if, _like(words)), **options))


@compiles(_Rare, "postgresql")
def _rare_on_postgresql(element: _Rare, compiler: Any, **options: Any) -> str:
    """By synced_invoices_by_text_sample: of all, even to count a few would collect the rest."""
    company, *words = element.clauses
    sample: Select[Any] = (
        select(literal_column("1"))
        .select_from(INVOICES)
        .where(INVOICES.c.company_id == company, INVOICES.c.link_id.is_not(None), SAMPLE)
        .where(_like(words))
        .limit(literal_column("8"))
    )
    counted = select(func.count()).select_from(sample.subquery())
    return f"({compiler.process(counted, **options)}) < 8"


def _like(words: Sequence[ColumnElement[str]]) -> ColumnElement[bool]:
    anything = literal_column("'%'", String)
    special: ColumnElement[str] = literal_column(r"'([\\%_])'")
    escaped: ColumnElement[str] = literal_column(r"'\\\1'")
    patterns = (
        anything + func.regexp_replace(word, special, escaped, literal_column("'g'")) + anything
        for word in words
    )
    return and_(*map(INVOICES.c.search_text.like, patterns))


@compiles(_Position)
def _position(element: _Position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(_LookedUp)
def _looked_up(element: _LookedUp, compiler: Any, **options: Any) -> str:
    """CROSS JOIN is an order on SQLite: nothing is read unless `only_if`, and then texts first."""
    only_if, company, *words = (compiler.process(each, **options) for each in element.clauses)
    return f"""subcontractor_invoices.id IN (
        SELECT invoice_id FROM (SELECT 1 WHERE {only_if})
        CROSS JOIN invoice_texts CROSS JOIN searched_invoices
        WHERE {_texts(company, words)}
        AND searched_invoices.place = invoice_texts.rowid
        AND searched_invoices.company_id = {company}
    )"""


@compiles(_Rare)
def _rare(element: _Rare, compiler: Any, **options: Any) -> str:
    company, *words = (compiler.process(each, **options) for each in element.clauses)
    some = f"SELECT 1 FROM invoice_texts WHERE {_texts(company, words)} LIMIT 1000"
    return f"(SELECT count(*) FROM ({some})) < 1000"


def _texts(company: str, words: Sequence[str]) -> str:
    """The texts with all the words, in the places of the company: see the migration 0005."""
    phrases = " || ' ' || ".join(f"""'"' || replace({word}, '"', '""') || '"'""" for word in words)
    places = f"FROM searched_invoices WHERE company_id = {company}"
    return f"""invoice_texts MATCH {phrases}
        AND invoice_texts.rowid >= (SELECT coalesce(min(place), 1) {places})
        AND invoice_texts.rowid <= (SELECT coalesce(max(place), 0) {places})"""
