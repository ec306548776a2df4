"""Which acceptances were told, so that they may be corrected; serial numbers in the lines of counts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('asset', sa.Column('is_acceptance_told', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("""UPDATE asset SET is_acceptance_told = true WHERE accepted_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM installation WHERE number = asset.acceptance_reference)""")
    op.alter_column('asset', 'is_acceptance_told', server_default=None)
    op.execute("""UPDATE stock_count SET lines = coalesce((
        SELECT jsonb_agg('{"serials": []}'::jsonb || line ORDER BY at)
        FROM jsonb_array_elements(lines) WITH ORDINALITY AS told (line, at)), '[]')""")


def downgrade() -> None:
    op.drop_column('asset', 'is_acceptance_told')
