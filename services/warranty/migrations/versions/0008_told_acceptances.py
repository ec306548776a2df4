"""Which acceptances were told afterwards, so that they may be corrected."""

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


def downgrade() -> None:
    op.drop_column('asset', 'is_acceptance_told')
