"""Inspections that came due before anybody was sent to one are told again, once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('inspection', sa.Column('is_unsent', sa.Boolean(), server_default='false', nullable=False))
    op.alter_column('inspection', 'is_unsent', server_default=None)
    op.execute("UPDATE inspection SET is_unsent = true WHERE state = 'due' AND dispatch_version = 0")
    op.create_index('ix_inspection_unsent', 'inspection', ['id'], unique=False, postgresql_where=sa.text('is_unsent'))


def downgrade() -> None:
    op.drop_index('ix_inspection_unsent', table_name='inspection', postgresql_where=sa.text('is_unsent'))
    op.drop_column('inspection', 'is_unsent')
