"""The tables, as SQLModel classes. Rows never leave this folder.

A company's data has `company_id` as the first column of its primary key and of its foreign
keys, so that every look-up names one company and the same schema can be distributed by it.
People, their identities and budgets, and the companies themselves are nobody's data: reference
tables.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKeyConstraint,
    Index,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlmodel import Field, Relationship, SQLModel

from adapters.store.columns import BINARY_TEXT, DOCUMENT, Amount, Instant
from domain.erps import RecordState
from domain.invoices import InvoiceStatus


def company_id() -> Any:
    return Field(primary_key=True, foreign_key="companies.id", sa_type=BigInteger)


def record_id() -> Any:
    return Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


def means(kind: type) -> Any:
    """What the domain makes of a column's text: `sa_column_kwargs`."""
    return {"info": {"means": kind}}


def belongs_to(**more: Any) -> Any:
    """What a row belongs to, inside its company: by the foreign key, unless said otherwise.

    For the shape of joins alone (`adapters.store.selecting`): nothing is loaded or written by it.
    """
    return Relationship(sa_relationship_kwargs={"viewonly": True, "lazy": "raise", **more})


def reference(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key inside one company."""
    return ForeignKeyConstraint(["company_id", column], [f"{table}.company_id", f"{table}.id"])


class CompanyRow(SQLModel, table=True):
    __tablename__ = "companies"

    id: int = record_id()
    name: str
    currency: str


class PersonRow(SQLModel, table=True):
    __tablename__ = "people"

    id: int | None = Field(default=None, primary_key=True)
    name: str


class IdentityRow(SQLModel, table=True):
    """What an issuer calls a person."""

    __tablename__ = "identities"

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id", index=True)


class MembershipRow(SQLModel, table=True):
    """Which companies a person belongs to."""

    __tablename__ = "memberships"

    person_id: int = Field(primary_key=True, foreign_key="people.id")
    company_id: int = Field(primary_key=True, foreign_key="companies.id", sa_type=BigInteger)


class CompanyGrantRow(SQLModel, table=True):
    """What a person may do in a company's tools; levels as in `domain.permissions`."""

    __tablename__ = "company_grants"

    company_id: int = company_id()
    person_id: int = Field(primary_key=True, foreign_key="people.id")
    erp_integrations: int
    can_push_to_accounting: bool


class ProjectGrantRow(SQLModel, table=True):
    """What a person may do in the Commitments tool of a project."""

    __tablename__ = "project_grants"
    __table_args__ = (reference("project_id", "projects"),)

    company_id: int = company_id()
    person_id: int = Field(primary_key=True, foreign_key="people.id")
    project_id: int = Field(primary_key=True, sa_type=BigInteger)
    commitments: int


class BudgetRow(SQLModel, table=True):
    """When someone's bucket is full again, in microseconds since 1970: see `domain.budget`."""

    __tablename__ = "cost_budgets"

    person_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    full_at: int = Field(sa_type=BigInteger)


class MachineTokenRow(SQLModel, table=True):
    """A token of a machine, which is a person of its own here; of the secret, only its hash."""

    __tablename__ = "machine_tokens"

    company_id: int = company_id()
    id: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="people.id")
    name: str
    scopes: str
    secret_sha256: bytes
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class ProjectRow(SQLModel, table=True):
    __tablename__ = "projects"

    company_id: int = company_id()
    id: int = record_id()
    name: str
    number: str | None = None


class VendorRow(SQLModel, table=True):
    __tablename__ = "vendors"

    company_id: int = company_id()
    id: int = record_id()
    name: str


class CommitmentRow(SQLModel, table=True):
    __tablename__ = "commitments"

    company_id: int = company_id()
    id: int = record_id()
    title: str
    type: str


class IntegrationRow(SQLModel, table=True):
    """A company's connection to its ERP, with what the company says of its rules itself."""

    __tablename__ = "erp_integrations"

    company_id: int = company_id()
    id: int = record_id()
    erp: str
    name: str
    own_syncs_subcontractor_invoices: bool | None = None
    own_unlink_supported: bool | None = None
    own_deletion_required: bool | None = None
    own_void_counts_as_gone: bool | None = None
    own_reversal_counts_as_gone: bool | None = None
    notes: str | None = None
    own_documentation_url: str | None = None
    canary_record_id: str | None = None
    canary_fingerprint: str | None = None


class ConnectionSecretRow(SQLModel, table=True):
    """How to reach the ERP of an integration: its settings, encrypted (`adapters.sealing`).

    `version` is another one with each change of the settings, `entry` each time that somebody
    enters them: a renewal keeps it. Who renews them holds the lease until they are written, or
    until it ends: milliseconds since 1970, by the database's clock.
    """

    __tablename__ = "erp_connection_secrets"
    __table_args__ = (reference("integration_id", "erp_integrations"),)

    company_id: int = company_id()
    integration_id: int = record_id()
    version: UUID
    entry: UUID
    sealed: bytes
    changed_at: datetime = Field(sa_type=Instant)
    lease_holder: UUID | None = None
    lease_ends_at: int | None = Field(default=None, sa_type=BigInteger)


NEVER_LOOKED_UP = text("ended_at IS NULL AND checked_at IS NULL")


class AgentSessionRow(SQLModel, table=True):
    """The last visit of the agent of an integration: of its ticket, only the hash.

    Without a ticket the visit is over. `question_id` is what it was handed to ask and has not
    answered yet, `asked` all that it was handed; an empty text among them is the canary's choice.
    """

    __tablename__ = "agent_sessions"
    __table_args__ = (reference("integration_id", "erp_integrations"),)

    company_id: int = company_id()
    integration_id: int = record_id()
    called_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    ticket_sha256: bytes | None = None
    place: str | None = None
    question_id: UUID | None = None
    question_at: datetime | None = Field(default=None, sa_type=Instant)
    question: list[str] = Field(default_factory=list, sa_type=DOCUMENT)
    asked: list[str] = Field(default_factory=list, sa_type=DOCUMENT)
    trouble: str | None = None


class LinkRow(SQLModel, table=True):
    """The tie between an invoice and an ERP record; active until `ended_at`, never deleted."""

    __tablename__ = "erp_links"
    __table_args__ = (
        reference("invoice_id", "subcontractor_invoices"),
        reference("integration_id", "erp_integrations"),
        Index(
            "one_active_link_per_invoice",
            "company_id",
            "invoice_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "one_active_link_per_record",
            "company_id",
            "integration_id",
            "record_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "links_never_looked_up",
            "company_id",
            "integration_id",
            "id",
            sqlite_where=NEVER_LOOKED_UP,
            postgresql_where=NEVER_LOOKED_UP,
        ),
    )

    company_id: int = company_id()
    id: UUID = Field(primary_key=True)
    invoice_id: int = Field(sa_type=BigInteger)
    integration_id: int = Field(sa_type=BigInteger)
    record_id: str
    document_number: str | None = None
    synced_at: datetime = Field(sa_type=Instant)
    synced_by: str | None = None
    record_state: str | None = Field(default=None, sa_column_kwargs=means(RecordState))
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    integration: IntegrationRow = belongs_to()


def sort_key(kind: Any, expression: str) -> Any:
    """A column that is never null, so that a page can begin after any of its values."""
    column = Column(kind, Computed(expression, persisted=True), nullable=False)
    return Field(default=None, sa_column=column)


SYNCED = text("link_id IS NOT NULL")


def synced_index(name: str, *columns: Any) -> Index:
    """An index over the synced invoices alone: what the list walks."""
    return Index(
        f"synced_invoices_by_{name}",
        "company_id",
        *columns,
        "id",
        sqlite_where=SYNCED,
        postgresql_where=SYNCED,
    )


class InvoiceRow(SQLModel, table=True):
    """A requisition. `link_id` and `synced_at` are its active link's; both null: not synced."""

    __tablename__ = "subcontractor_invoices"
    __table_args__ = (
        reference("project_id", "projects"),
        reference("vendor_id", "vendors"),
        reference("commitment_id", "commitments"),
        CheckConstraint("(link_id IS NULL) = (synced_at IS NULL)", name="synced_by_a_link"),
        synced_index("synced_at", "synced_at"),
        synced_index("billing_date", "billing_date_key"),
        synced_index("invoice_number", "invoice_number_key"),
        synced_index("current_payment_due", "current_payment_due_key"),
        synced_index("project", "project_id", "synced_at"),
        synced_index("vendor", "vendor_id", "synced_at"),
        synced_index("commitment", "commitment_id", "synced_at"),
        synced_index("status", "status", "synced_at"),
    )

    company_id: int = company_id()
    id: int = record_id()
    project_id: int = Field(sa_type=BigInteger)
    vendor_id: int = Field(sa_type=BigInteger)
    commitment_id: int = Field(sa_type=BigInteger)
    number: int
    invoice_number: str | None = None
    status: str = Field(sa_column_kwargs=means(InvoiceStatus))
    erp_status: str | None = None
    billing_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    payment_date: date | None = None
    submitted_at: date | None = None
    percent_complete: str | None = Field(default=None, sa_column_kwargs=means(Decimal))
    final: bool = False
    currency: str
    total_claimed_amount: Decimal | None = Field(default=None, sa_type=Amount)
    current_payment_due: Decimal | None = Field(default=None, sa_type=Amount)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=DOCUMENT)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    link_id: UUID | None = None
    synced_at: datetime | None = Field(default=None, sa_type=Instant)
    search_text: str = Field(sa_type=BINARY_TEXT)
    billing_date_key: date = sort_key(Date, "coalesce(billing_date, '0001-01-01')")
    invoice_number_key: str = sort_key(BINARY_TEXT, "coalesce(invoice_number, '')")
    current_payment_due_key: Decimal = sort_key(Amount, "coalesce(current_payment_due, 0)")

    project: ProjectRow = belongs_to()
    vendor: VendorRow = belongs_to()
    commitment: CommitmentRow = belongs_to()
    link: LinkRow | None = belongs_to(
        primaryjoin="and_(LinkRow.company_id == foreign(InvoiceRow.company_id),"
        " LinkRow.id == foreign(InvoiceRow.link_id))"
    )

    locked: ClassVar[Any] = hybrid_property(lambda row: row.link_id.is_not(None))


class LineItemRow(SQLModel, table=True):
    """A line of an invoice; synced while `link_id` names its invoice's active link."""

    __tablename__ = "invoice_line_items"
    __table_args__ = (reference("invoice_id", "subcontractor_invoices"),)

    company_id: int = company_id()
    invoice_id: int = Field(primary_key=True, sa_type=BigInteger)
    id: int = record_id()
    link_id: UUID | None = None


class LineLinkRow(SQLModel, table=True):
    """The ERP record of a line, kept with the link that it belongs to, also after its end."""

    __tablename__ = "erp_line_links"
    __table_args__ = (reference("link_id", "erp_links"),)

    company_id: int = company_id()
    link_id: UUID = Field(primary_key=True)
    line_item_id: int = Field(primary_key=True, sa_type=BigInteger)
    record_id: str


class AttemptRow(SQLModel, table=True):
    """The audit: every attempt to unlink. It may name an invoice that does not exist."""

    __tablename__ = "unlink_attempts"
    __table_args__ = (
        Index("unlink_attempts_of_an_invoice", "company_id", "invoice_id", "attempted_at"),
        Index(
            "one_unlink_per_link",
            "company_id",
            "link_id",
            unique=True,
            sqlite_where=text("outcome = 'unlinked'"),
            postgresql_where=text("outcome = 'unlinked'"),
        ),
    )

    company_id: int = company_id()
    id: UUID = Field(primary_key=True)
    invoice_id: int = Field(sa_type=BigInteger)
    link_id: UUID | None = None
    attempted_at: datetime = Field(sa_type=Instant)
    person_id: int = Field(foreign_key="people.id")
    person_name: str
    outcome: str
    evidence: str


class RequestRow(SQLModel, table=True):
    """An unlink that waits, or waited, for the agent of an ERP that can only be polled.

    `ended_as` says what it ended as (`adapters.store.ended_as`). One that ended when its time was
    over is stale; so is one that nobody has ended yet then.
    """

    __tablename__ = "unlink_requests"
    __table_args__ = (
        reference("link_id", "erp_links"),
        Index(
            "one_waiting_request_per_link",
            "company_id",
            "link_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    company_id: int = company_id()
    id: UUID = Field(primary_key=True)
    link_id: UUID
    person_id: int = Field(foreign_key="people.id")
    person_name: str
    asked_at: datetime = Field(sa_type=Instant)
    waits_until: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_as: dict[str, Any] | None = Field(default=None, sa_type=DOCUMENT)


class ChangeRow(SQLModel, table=True):
    """What happened to a synced invoice, for those who watch; kept for about an hour.

    `position` orders the transactions that wrote: see `adapters.store.changes`.
    """

    __tablename__ = "invoice_changes"
    __table_args__ = (Index("invoice_changes_by_age", "company_id", "happened_at"),)

    company_id: int = company_id()
    position: int = record_id()
    id: UUID = Field(primary_key=True)
    invoice_id: int = Field(sa_type=BigInteger)
    link_id: UUID
    kind: str
    happened_at: datetime = Field(sa_type=Instant)
    person_name: str | None = None
