"""Maintenance plans, inspections and readings."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('maintenance_plan',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('interval_unit', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('interval_count', sa.Integer(), nullable=True),
    sa.Column('first_on', sa.Date(), nullable=True),
    sa.Column('dates', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('lead_days', sa.Integer(), nullable=False),
    sa.Column('checklist', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('agreed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('visit_count', sa.Integer(), nullable=False),
    sa.Column('next_due_on', sa.Date(), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("interval_unit IN ('weeks', 'months')", name=op.f('ck_maintenance_plan_interval_unit')),
    sa.CheckConstraint("state IN ('draft', 'active', 'suspended', 'ended')", name=op.f('ck_maintenance_plan_state')),
    sa.CheckConstraint('(interval_unit IS NULL) = (interval_count IS NULL)', name=op.f('ck_maintenance_plan_interval')),
    sa.CheckConstraint('interval_count > 0', name=op.f('ck_maintenance_plan_interval_count')),
    sa.CheckConstraint('lead_days >= 0', name=op.f('ck_maintenance_plan_lead_days')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_maintenance_plan_asset_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_maintenance_plan_contract_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_maintenance_plan_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_maintenance_plan')),
    sa.UniqueConstraint('number', name='uq_maintenance_plan_number')
    )
    op.create_index('ix_maintenance_plan_asset', 'maintenance_plan', ['asset_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_maintenance_plan_contract', 'maintenance_plan', ['contract_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_maintenance_plan_created_at', 'maintenance_plan', ['created_at', 'id'], unique=False)
    op.create_index('ix_maintenance_plan_customer', 'maintenance_plan', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_maintenance_plan_next', 'maintenance_plan', ['next_at', 'id'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index('ix_maintenance_plan_site', 'maintenance_plan', ['site_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_maintenance_plan_state', 'maintenance_plan', ['state', 'created_at', 'id'], unique=False)
    op.create_table('inspection',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=True),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reschedules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('checklist', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('technician_ids', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('condition', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('report', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('report_checksum', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('cancelled_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("condition IN ('normal', 'attention', 'abnormal')", name=op.f('ck_inspection_condition')),
    sa.CheckConstraint("state IN ('due', 'in_progress', 'completed', 'cancelled')", name=op.f('ck_inspection_state')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_inspection_asset_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_inspection_contract_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['maintenance_plan.id'], name=op.f('fk_inspection_plan_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_inspection_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection')),
    sa.UniqueConstraint('number', name='uq_inspection_number')
    )
    op.create_index('ix_inspection_asset', 'inspection', ['asset_id', 'due_on', 'id'], unique=False)
    op.create_index('ix_inspection_contract', 'inspection', ['contract_id', 'due_on', 'id'], unique=False)
    op.create_index('ix_inspection_customer', 'inspection', ['customer_id', 'due_on', 'id'], unique=False)
    op.create_index('ix_inspection_due_on', 'inspection', ['due_on', 'id'], unique=False)
    op.create_index('ix_inspection_plan', 'inspection', ['plan_id', 'due_on', 'id'], unique=False)
    op.create_index('ix_inspection_site', 'inspection', ['site_id', 'due_on', 'id'], unique=False)
    op.create_index('ix_inspection_state', 'inspection', ['state', 'due_on', 'id'], unique=False)
    op.create_index('uq_inspection_planned', 'inspection', ['plan_id', 'planned_on'], unique=True, postgresql_where=sa.text("plan_id IS NOT NULL AND state <> 'cancelled'"))
    op.create_table('inspection_obligation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('contract_year', sa.Integer(), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('inspection_id', sa.Uuid(), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("(state = 'kept') = (inspection_id IS NOT NULL) AND (state = 'kept') = (kept_at IS NOT NULL)", name=op.f('ck_inspection_obligation_kept')),
    sa.CheckConstraint("state IN ('open', 'kept', 'withdrawn')", name=op.f('ck_inspection_obligation_state')),
    sa.CheckConstraint("withdrawal_reason IN ('contract_changed', 'contract_ended')", name=op.f('ck_inspection_obligation_withdrawal_reason')),
    sa.CheckConstraint('to_on >= from_on', name=op.f('ck_inspection_obligation_period')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_inspection_obligation_contract_id')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_obligation_inspection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_obligation')),
    sa.UniqueConstraint('inspection_id', name='uq_inspection_obligation_inspection')
    )
    op.create_index('ix_inspection_obligation_contract', 'inspection_obligation', ['contract_id', 'to_on', 'id'], unique=False)
    op.create_index('ix_inspection_obligation_customer', 'inspection_obligation', ['customer_id', 'to_on', 'id'], unique=False)
    op.create_index('ix_inspection_obligation_due', 'inspection_obligation', ['to_on', 'id'], unique=False)
    op.create_index('ix_inspection_obligation_state', 'inspection_obligation', ['state', 'to_on', 'id'], unique=False)
    op.create_index('uq_inspection_obligation_period', 'inspection_obligation', ['contract_id', 'from_on'], unique=True, postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_table('inspection_finding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('inspection_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('severity', sa.Integer(), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('expected_min', sa.Float(), nullable=True),
    sa.Column('expected_max', sa.Float(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('photos', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('severity BETWEEN 1 AND 4', name=op.f('ck_inspection_finding_severity')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_inspection_finding_asset_id')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_finding_inspection_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_finding'))
    )
    op.create_index('ix_inspection_finding_asset', 'inspection_finding', ['asset_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_inspection_finding_created_at', 'inspection_finding', ['created_at', 'id'], unique=False)
    op.create_index('ix_inspection_finding_customer', 'inspection_finding', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_inspection_finding_inspection', 'inspection_finding', ['inspection_id', 'created_at', 'id'], unique=False)
    op.create_table('reading_series',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('expected_min', sa.Float(), nullable=True),
    sa.Column('expected_max', sa.Float(), nullable=True),
    sa.Column('reading_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('reading_count >= 0', name=op.f('ck_reading_series_reading_count')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_reading_series_asset_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_series')),
    sa.UniqueConstraint('asset_id', 'item', name='uq_reading_series_item')
    )
    op.create_index('ix_reading_series_asset', 'reading_series', ['asset_id', 'created_at', 'id'], unique=False)
    op.create_table('reading',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('series_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sa.Float(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('inspection_id', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_reading_asset_id')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_reading_inspection_id')),
    sa.ForeignKeyConstraint(['series_id'], ['reading_series.id'], name=op.f('fk_reading_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading'))
    )
    op.create_index('ix_reading_asset', 'reading', ['asset_id', 'read_at', 'id'], unique=False)
    op.create_index('ix_reading_inspection', 'reading', ['inspection_id'], unique=False, postgresql_where=sa.text('inspection_id IS NOT NULL'))
    op.create_index('ix_reading_item', 'reading', ['asset_id', 'item', 'read_at', 'id'], unique=False)
    op.create_index('ix_reading_withdrawn', 'reading', ['asset_id', 'read_at', 'id'], unique=False, postgresql_where=sa.text('withdrawn_at IS NOT NULL'))
    op.create_index('ix_reading_series', 'reading', ['series_id', 'read_at', 'id'], unique=False)
    op.create_index('uq_reading_moment', 'reading', ['series_id', 'read_at'], unique=True, postgresql_where=sa.text('withdrawn_at IS NULL'))


def downgrade() -> None:
    op.drop_table('reading')
    op.drop_table('reading_series')
    op.drop_table('inspection_finding')
    op.drop_table('inspection_obligation')
    op.drop_table('inspection')
    op.drop_table('maintenance_plan')
