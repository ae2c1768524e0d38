"""The visits of agents, and which links were never looked up."""

import sqlalchemy as sa
from alembic import op

from adapters.store.columns import DOCUMENT, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NEVER_LOOKED_UP = sa.text("ended_at IS NULL AND checked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "agent_sessions",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("integration_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ticket_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("question_at", Instant(), nullable=True),
        sa.Column("question", DOCUMENT, nullable=False),
        sa.Column("asked", DOCUMENT, nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(
            ["company_id", "integration_id"], ["erp_integrations.company_id", "erp_integrations.id"]
        ),
        sa.PrimaryKeyConstraint("company_id", "integration_id"),
    )
    op.create_index(
        "links_never_looked_up",
        "erp_links",
        ["company_id", "integration_id", "id"],
        sqlite_where=NEVER_LOOKED_UP,
        postgresql_where=NEVER_LOOKED_UP,
    )


def downgrade() -> None:
    op.drop_index("links_never_looked_up", "erp_links")
    op.drop_table("agent_sessions")
