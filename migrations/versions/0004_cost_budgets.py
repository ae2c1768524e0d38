"""What everyone may still ask for, for processes that share their budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_budgets",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Nothing waits for the disk; after a crash every bucket is full.
        op.execute("ALTER TABLE cost_budgets SET UNLOGGED")


def downgrade() -> None:
    op.drop_table("cost_budgets")
