"""The first schema."""

import sqlalchemy as sa
from alembic import op

from adapters.store.columns import BINARY_TEXT, DOCUMENT, Amount, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def where(condition: str) -> dict[str, sa.TextClause]:
    """A partial index, on both databases."""
    return {f"{dialect}_where": sa.text(condition) for dialect in ("sqlite", "postgresql")}


def make_search_index() -> None:
    """A search visits the rows that hold the text, in one company, and no others."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.execute(
        "CREATE INDEX synced_invoices_by_text ON subcontractor_invoices "
        "USING gin (company_id, search_text gin_trgm_ops) WHERE link_id IS NOT NULL"
    )


def upgrade() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "commitments",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_table(
        "company_grants",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("erp_integrations", sa.Integer(), nullable=False),
        sa.Column("can_push_to_accounting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("company_id", "person_id"),
    )
    op.create_table(
        "erp_integrations",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("erp", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unlink_supported", sa.Boolean(), nullable=False),
        sa.Column("deletion_required", sa.Boolean(), nullable=False),
        sa.Column("void_counts_as_gone", sa.Boolean(), nullable=False),
        sa.Column("reversal_counts_as_gone", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("documentation_url", sa.String(), nullable=True),
        sa.Column("canary_record_id", sa.String(), nullable=True),
        sa.Column("canary_fingerprint", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index(op.f("ix_identities_person_id"), "identities", ["person_id"])
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("person_id", "company_id"),
    )
    op.create_table(
        "projects",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_table(
        "unlink_attempts",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("attempted_at", Instant(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_index(
        "one_unlink_per_link",
        "unlink_attempts",
        ["company_id", "link_id"],
        unique=True,
        **where("outcome = 'unlinked'"),
    )
    op.create_index(
        "unlink_attempts_of_an_invoice",
        "unlink_attempts",
        ["company_id", "invoice_id", "attempted_at"],
    )
    op.create_table(
        "vendors",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_table(
        "project_grants",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("commitments", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "project_id"], ["projects.company_id", "projects.id"]
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("company_id", "person_id", "project_id"),
    )
    op.create_table(
        "subcontractor_invoices",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("vendor_id", sa.BigInteger(), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("erp_status", sa.String(), nullable=True),
        sa.Column("billing_date", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("payment_date", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.Date(), nullable=True),
        sa.Column("percent_complete", sa.String(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_claimed_amount", Amount(), nullable=True),
        sa.Column("current_payment_due", Amount(), nullable=True),
        sa.Column("summary", DOCUMENT, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("synced_at", Instant(), nullable=True),
        sa.Column("search_text", BINARY_TEXT, nullable=False),
        sa.Column(
            "billing_date_key",
            sa.Date(),
            sa.Computed("coalesce(billing_date, '0001-01-01')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "invoice_number_key",
            BINARY_TEXT,
            sa.Computed("coalesce(invoice_number, '')", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "current_payment_due_key",
            Amount(),
            sa.Computed("coalesce(current_payment_due, 0)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("(link_id IS NULL) = (synced_at IS NULL)", name="synced_by_a_link"),
        sa.ForeignKeyConstraint(
            ["company_id", "commitment_id"], ["commitments.company_id", "commitments.id"]
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "project_id"], ["projects.company_id", "projects.id"]
        ),
        sa.ForeignKeyConstraint(["company_id", "vendor_id"], ["vendors.company_id", "vendors.id"]),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_index(
        "synced_invoices_by_billing_date",
        "subcontractor_invoices",
        ["company_id", "billing_date_key", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_commitment",
        "subcontractor_invoices",
        ["company_id", "commitment_id", "synced_at", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_current_payment_due",
        "subcontractor_invoices",
        ["company_id", "current_payment_due_key", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_invoice_number",
        "subcontractor_invoices",
        ["company_id", "invoice_number_key", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_project",
        "subcontractor_invoices",
        ["company_id", "project_id", "synced_at", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_status",
        "subcontractor_invoices",
        ["company_id", "status", "synced_at", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_synced_at",
        "subcontractor_invoices",
        ["company_id", "synced_at", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_index(
        "synced_invoices_by_vendor",
        "subcontractor_invoices",
        ["company_id", "vendor_id", "synced_at", "id"],
        **where("link_id IS NOT NULL"),
    )
    op.create_table(
        "erp_links",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("integration_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("synced_at", Instant(), nullable=False),
        sa.Column("synced_by", sa.String(), nullable=True),
        sa.Column("record_state", sa.String(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "integration_id"], ["erp_integrations.company_id", "erp_integrations.id"]
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "invoice_id"],
            ["subcontractor_invoices.company_id", "subcontractor_invoices.id"],
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_index(
        "one_active_link_per_invoice",
        "erp_links",
        ["company_id", "invoice_id"],
        unique=True,
        **where("ended_at IS NULL"),
    )
    op.create_index(
        "one_active_link_per_record",
        "erp_links",
        ["company_id", "integration_id", "record_id"],
        unique=True,
        **where("ended_at IS NULL"),
    )
    op.create_table(
        "invoice_line_items",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "invoice_id"],
            ["subcontractor_invoices.company_id", "subcontractor_invoices.id"],
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "invoice_id", "id"),
    )
    op.create_table(
        "erp_line_links",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("line_item_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "link_id"], ["erp_links.company_id", "erp_links.id"]
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.PrimaryKeyConstraint("company_id", "link_id", "line_item_id"),
    )
    make_search_index()


def downgrade() -> None:
    op.drop_table("erp_line_links")
    op.drop_table("invoice_line_items")
    op.drop_table("erp_links")
    op.drop_table("subcontractor_invoices")
    op.drop_table("project_grants")
    op.drop_table("vendors")
    op.drop_table("unlink_attempts")
    op.drop_table("projects")
    op.drop_table("memberships")
    op.drop_table("identities")
    op.drop_table("erp_integrations")
    op.drop_table("company_grants")
    op.drop_table("commitments")
    op.drop_table("people")
    op.drop_table("companies")
