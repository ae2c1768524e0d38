"""The text that a search over invoices looks into."""


def search_text(
    number: int, invoice_number: str | None, vendor_name: str, document_number: str | None
) -> str:
    """All that an invoice can be found by, casefolded, one thing to a line.

    `document_number` is that of the ERP document of the active link.
    """
    found_by = (str(number), invoice_number, vendor_name, document_number)
    return "\n".join(text.casefold() for text in found_by if text)
