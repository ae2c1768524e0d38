"""A search visits what it returns, on SQLite too; and PostgreSQL knows what is rare."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

POSTGRESQL = (
    # No list of entries to sort in later: each search would have to read all of it.
    "ALTER INDEX synced_invoices_by_text SET (fastupdate = off)",
    "SELECT gin_clean_pending_list('synced_invoices_by_text')",
    # One in 251, by which it is judged how rare a text is: see adapters.store.search.
    "CREATE INDEX synced_invoices_by_text_sample ON subcontractor_invoices "
    "USING gin (company_id, search_text gin_trgm_ops) WITH (fastupdate = off) "
    "WHERE link_id IS NOT NULL AND id % 251 = 0",
)

PLACE = (
    "SELECT place FROM searched_invoices WHERE company_id = {0}.company_id AND invoice_id = {0}.id"
)
FORGET = f"""
    INSERT INTO invoice_texts (invoice_texts, rowid, search_text)
    VALUES ('delete', ({PLACE.format("old")}), old.search_text);
"""

SQLITE = (
    # Where the text of an invoice stands. A company's places follow each other, so that a search
    # reads no text of another company: it has the next 2^40 from its first invoice on.
    """
    CREATE TABLE searched_invoices (
        place INTEGER PRIMARY KEY,
        company_id BIGINT NOT NULL,
        invoice_id BIGINT NOT NULL,
        UNIQUE (company_id, invoice_id),
        UNIQUE (company_id, place)
    )
    """,
    # Texts are casefolded already. The table holds no text, which the invoice has.
    """
    CREATE VIRTUAL TABLE invoice_texts USING fts5 (
        search_text, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
    )
    """,
    f"""
    CREATE TRIGGER a_new_invoice_is_searched AFTER INSERT ON subcontractor_invoices BEGIN
        INSERT INTO searched_invoices (place, company_id, invoice_id) VALUES (
            coalesce(
                (SELECT max(place) + 1 FROM searched_invoices WHERE company_id = new.company_id),
                (SELECT ((max(place) >> 40) + 1) << 40 FROM searched_invoices),
                0
            ),
            new.company_id,
            new.id
        );
        INSERT INTO invoice_texts (rowid, search_text)
        VALUES (({PLACE.format("new")}), new.search_text);
    END
    """,
    f"""
    CREATE TRIGGER a_changed_invoice_is_searched AFTER UPDATE OF search_text
    ON subcontractor_invoices WHEN new.search_text <> old.search_text BEGIN
        {FORGET}
        INSERT INTO invoice_texts (rowid, search_text)
        VALUES (({PLACE.format("new")}), new.search_text);
    END
    """,
    f"""
    CREATE TRIGGER a_deleted_invoice_is_not_searched AFTER DELETE ON subcontractor_invoices BEGIN
        {FORGET}
        DELETE FROM searched_invoices
        WHERE company_id = old.company_id AND invoice_id = old.id;
    END
    """,
)

PLACES = sa.text("""
    INSERT INTO searched_invoices (place, company_id, invoice_id)
    SELECT (:number << 40) + row_number() OVER (ORDER BY id), :company_id, id
    FROM subcontractor_invoices WHERE company_id = :company_id
""")
TEXTS = sa.text("""
    INSERT INTO invoice_texts (rowid, search_text) SELECT place, search_text
    FROM searched_invoices JOIN subcontractor_invoices
    ON subcontractor_invoices.company_id = searched_invoices.company_id
    AND subcontractor_invoices.id = searched_invoices.invoice_id
    WHERE searched_invoices.company_id = :company_id
    ORDER BY place
""")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for statement in POSTGRESQL:
            connection.exec_driver_sql(statement)
        return
    for statement in SQLITE:
        connection.exec_driver_sql(statement)
    companies = connection.execute(sa.text("SELECT id FROM companies ORDER BY id")).scalars()
    for number, company_id in enumerate(companies.all()):
        connection.execute(PLACES, {"number": number, "company_id": company_id})
        connection.execute(TEXTS, {"company_id": company_id})


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX synced_invoices_by_text_sample")
        op.execute("ALTER INDEX synced_invoices_by_text RESET (fastupdate)")
        return
    for trigger in ("a_new_invoice_is", "a_changed_invoice_is", "a_deleted_invoice_is_not"):
        op.execute(f"DROP TRIGGER {trigger}_searched")
    op.execute("DROP TABLE invoice_texts")
    op.execute("DROP TABLE searched_invoices")
