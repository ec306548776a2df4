"""On which ticket and visit ticketing sends somebody for an inspection; requests for one are no faults."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = "outcome IN ('decided', 'no_asset', 'asset_unknown', 'asset_of_another')"
SINCE = "outcome IN ('decided', 'no_asset', 'asset_unknown', 'asset_of_another', 'routine_inspection')"


def upgrade() -> None:
    op.add_column('inspection', sa.Column('ticket_id', sa.Uuid(), nullable=True))
    op.add_column('inspection', sa.Column('visit_id', sa.Uuid(), nullable=True))
    op.add_column('inspection', sa.Column('visit_state', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('inspection', sa.Column('dispatch_version', sa.Integer(), server_default='0', nullable=False))
    op.alter_column('inspection', 'dispatch_version', server_default=None)
    op.drop_constraint(op.f('ck_heard_ticket_outcome'), 'heard_ticket', type_='check')
    op.create_check_constraint(op.f('ck_heard_ticket_outcome'), 'heard_ticket', SINCE)


def downgrade() -> None:
    op.drop_constraint(op.f('ck_heard_ticket_outcome'), 'heard_ticket', type_='check')
    op.execute("UPDATE heard_ticket SET outcome = 'no_asset' WHERE outcome = 'routine_inspection'")
    op.create_check_constraint(op.f('ck_heard_ticket_outcome'), 'heard_ticket', BEFORE)
    op.drop_column('inspection', 'dispatch_version')
    op.drop_column('inspection', 'visit_state')
    op.drop_column('inspection', 'visit_id')
    op.drop_column('inspection', 'ticket_id')
