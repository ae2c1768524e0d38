"""What a company says itself of the rules of its integrations; what it does not say may be null."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SAFE_SIDE = {
    "unlink_supported": True,
    "deletion_required": True,
    "void_counts_as_gone": False,
    "reversal_counts_as_gone": False,
}
"""What there was is the company's own; on the way back, what it does not say is on this side."""
TABLE = "erp_integrations"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("own_syncs_subcontractor_invoices", sa.Boolean(), nullable=True))
    for rule in SAFE_SIDE:
        op.add_column(TABLE, sa.Column(f"own_{rule}", sa.Boolean(), nullable=True))
    _set({f"own_{rule}": rule for rule in SAFE_SIDE})
    for rule in SAFE_SIDE:
        op.drop_column(TABLE, rule)
    op.execute(f"ALTER TABLE {TABLE} RENAME COLUMN documentation_url TO own_documentation_url")


def downgrade() -> None:
    op.execute(f"ALTER TABLE {TABLE} RENAME COLUMN own_documentation_url TO documentation_url")
    for rule, safe in SAFE_SIDE.items():
        default = sa.true() if safe else sa.false()
        op.add_column(TABLE, sa.Column(rule, sa.Boolean(), nullable=False, server_default=default))
    _set({rule: f"coalesce(own_{rule}, {rule})" for rule in SAFE_SIDE})
    for rule in ("syncs_subcontractor_invoices", *SAFE_SIDE):
        op.drop_column(TABLE, f"own_{rule}")


def _set(values: dict[str, str]) -> None:
    """One company after another, as every statement on a company's data."""
    connection = op.get_bind()
    assigned = ", ".join(f"{column} = {value}" for column, value in values.items())
    companies = connection.execute(sa.text("SELECT id FROM companies ORDER BY id")).scalars()
    for company_id in companies.all():
        connection.execute(
            sa.text(f"UPDATE {TABLE} SET {assigned} WHERE company_id = :company_id"),
            {"company_id": company_id},
        )
