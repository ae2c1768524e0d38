"""The text that a search over invoices looks into."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from adapters.store.rows import INVOICES


def search_text(
    number: int, invoice_number: str | None, vendor_name: str, document_number: str | None
) -> str:
    """All that an invoice can be found by, casefolded, one thing to a line.

    `document_number` is that of the ERP document of the active link.
    """
    found_by = (str(number), invoice_number, vendor_name, document_number)
    return "\n".join(text.casefold() for text in found_by if text)


def pattern(word: str) -> str:
    """What a text in which a word occurs is like."""
    for special in "/%_":
        word = word.replace(special, f"/{special}")
    return f"%{word}%"


def matching(words: Sequence[ColumnElement[str]]) -> list[ColumnElement[bool]]:
    """That each of these patterns fits an invoice's text."""
    return [INVOICES.c.search_text.like(word, escape="/") for word in words]
