"""The secrets of connections to ERPs, encrypted."""

import sqlalchemy as sa
from alembic import op

from adapters.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erp_connection_secrets",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("integration_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("lease_holder", sa.Uuid(), nullable=True),
        sa.Column("lease_ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"]),
        sa.ForeignKeyConstraint(
            ["company_id", "integration_id"], ["erp_integrations.company_id", "erp_integrations.id"]
        ),
        sa.PrimaryKeyConstraint("company_id", "integration_id"),
    )


def downgrade() -> None:
    op.drop_table("erp_connection_secrets")
