"""What warranty keeps of what it hears: tickets, and what meters showed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heard_ticket',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('facts_version', sa.Integer(), nullable=False),
    sa.Column('cause_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('cause_version', sa.Integer(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("outcome IN ('decided', 'no_asset', 'asset_unknown', 'asset_of_another')", name=op.f('ck_heard_ticket_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heard_ticket'))
    )
    op.create_table('meter_reading',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('component_id', sa.Uuid(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('reading_id', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_meter_reading_hours')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_meter_reading_asset_id')),
    sa.ForeignKeyConstraint(['component_id'], ['component.id'], name=op.f('fk_meter_reading_component_id')),
    sa.ForeignKeyConstraint(['reading_id'], ['reading.id'], name=op.f('fk_meter_reading_reading_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meter_reading'))
    )
    op.create_index('ix_meter_reading_asset', 'meter_reading', ['asset_id', 'read_at', 'id'], unique=False)
    op.create_index('ix_meter_reading_shown', 'meter_reading', ['reading_id'], unique=False, postgresql_where=sa.text('reading_id IS NOT NULL'))
    op.create_index('uq_meter_reading_moment', 'meter_reading', ['asset_id', sa.literal_column('coalesce(component_id, asset_id)'), 'read_at'], unique=True, postgresql_where=sa.text('withdrawn_at IS NULL'))


def downgrade() -> None:
    op.drop_index('uq_meter_reading_moment', table_name='meter_reading', postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.drop_index('ix_meter_reading_shown', table_name='meter_reading', postgresql_where=sa.text('reading_id IS NOT NULL'))
    op.drop_index('ix_meter_reading_asset', table_name='meter_reading')
    op.drop_table('meter_reading')
    op.drop_table('heard_ticket')
