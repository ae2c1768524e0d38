"""Unlinks that wait for the agent of an ERP that can only be polled."""

import sqlalchemy as sa
from alembic import op

from adapters.store.columns import DOCUMENT, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unlink_requests",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("waits_until", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_as", DOCUMENT, nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.ForeignKeyConstraint(
            ["company_id", "link_id"], ["erp_links.company_id", "erp_links.id"]
        ),
        sa.PrimaryKeyConstraint("company_id", "id"),
    )
    op.create_index(
        "one_waiting_request_per_link",
        "unlink_requests",
        ["company_id", "link_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("unlink_requests")
