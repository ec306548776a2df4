"""Routine inspections send somebody: the request for one, the day its visit is due on."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inspection',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('told_version', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('waits_for_departure', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection'))
    )
    op.add_column('ticket', sa.Column('routine_inspection_id', sa.Uuid(), nullable=True))
    op.create_index('uq_ticket_inspection', 'ticket', ['routine_inspection_id'], unique=True, postgresql_where=sa.text('routine_inspection_id IS NOT NULL'))
    op.add_column('visit', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE ticket SET cause_code = 'no_fault_found' WHERE cause_code = 'maintenance'")
    op.drop_column('visit', 'due_at')
    op.drop_index('uq_ticket_inspection', table_name='ticket', postgresql_where=sa.text('routine_inspection_id IS NOT NULL'))
    op.drop_column('ticket', 'routine_inspection_id')
    op.drop_table('inspection')
