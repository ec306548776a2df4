"""Agreements whose contracts name a plan or a revision that is not published say so."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agreement", sa.Column("is_plan_unknown", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute("""UPDATE agreement SET is_plan_unknown = true FROM plan WHERE plan.id = agreement.plan_id
        AND (requested_plan_id IS NOT NULL OR plan_revision > coalesce(plan.revision, 0))""")
    op.alter_column("agreement", "is_plan_unknown", server_default=None)
    op.create_index(
        "ix_agreement_plan_unknown",
        "agreement",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("is_plan_unknown"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_agreement_plan_unknown", table_name="agreement", postgresql_where=sa.text("is_plan_unknown")
    )
    op.drop_column("agreement", "is_plan_unknown")
