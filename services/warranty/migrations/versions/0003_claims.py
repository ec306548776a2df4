"""Claims with their disputes, quotes, and claims upstream."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim',
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
    sa.Column('client_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('external_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('component_id', sa.Uuid(), nullable=True),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('coverage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('is_in_term', sa.Boolean(), nullable=False),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('demand', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('finding', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('noticed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('out_of_operation_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_loaner_wanted', sa.Boolean(), nullable=True),
    sa.Column('assessments', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('remedy', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('approval', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('part_additions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('refund_amount', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('refund_currency', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('refund_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('rejections', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('dispute_level', sa.Integer(), nullable=True),
    sa.Column('dispute_climbs_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dispute_steps', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('is_device_taken', sa.Boolean(), nullable=False),
    sa.Column('shipment', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('checked', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('replacements', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('replacement_asset_id', sa.Uuid(), nullable=True),
    sa.Column('returns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('return_waiver', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('fulfilled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("coalesce(jsonb_typeof(checked), '') = 'object' OR state NOT IN ('fulfilled', 'returned')", name=op.f('ck_claim_checked')),
    sa.CheckConstraint("coverage IN ('free', 'chargeable', 'goodwill', 'undetermined')", name=op.f('ck_claim_coverage')),
    sa.CheckConstraint("demand IN ('inspection', 'repair', 'replace_part', 'replace_unit', 'refund')", name=op.f('ck_claim_demand')),
    sa.CheckConstraint("ground IN ('defect', 'fault', 'below_bid_figures')", name=op.f('ck_claim_ground')),
    sa.CheckConstraint("remedy IN ('repair', 'replace', 'refund')", name=op.f('ck_claim_remedy')),
    sa.CheckConstraint("state IN ('opened', 'assessed', 'appealed', 'approved', 'rejected', 'parts_reserved', 'in_repair', 'shipped', 'fulfilled', 'returned', 'closed', 'withdrawn', 'cancelled')", name=op.f('ck_claim_state')),
    sa.CheckConstraint('(dispute_climbs_at IS NULL) OR (dispute_level IS NOT NULL)', name=op.f('ck_claim_dispute')),
    sa.CheckConstraint('failed_at <= noticed_at', name=op.f('ck_claim_failed_before_notice')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_claim_asset_id')),
    sa.ForeignKeyConstraint(['component_id'], ['component.id'], name=op.f('fk_claim_component_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_claim_contract_id')),
    sa.ForeignKeyConstraint(['replacement_asset_id'], ['asset.id'], name=op.f('fk_claim_replacement_asset_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_claim_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('number', name='uq_claim_number')
    )
    op.create_index('ix_claim_asset', 'claim', ['asset_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_claim_contract', 'claim', ['contract_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_claim_created_at', 'claim', ['created_at', 'id'], unique=False)
    op.create_index('ix_claim_customer', 'claim', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_claim_dispute_climbs', 'claim', ['dispute_climbs_at', 'id'], unique=False, postgresql_where=sa.text('dispute_climbs_at IS NOT NULL'))
    op.create_index('ix_claim_disputed', 'claim', ['created_at', 'id'], unique=False, postgresql_where=sa.text('dispute_level IS NOT NULL'))
    op.create_index('ix_claim_site', 'claim', ['site_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_claim_state', 'claim', ['state', 'created_at', 'id'], unique=False)
    op.create_index('ix_claim_ticket', 'claim', ['ticket_id', 'created_at', 'id'], unique=False)
    op.create_index('uq_claim_external_reference', 'claim', ['client_id', 'customer_id', 'external_reference'], unique=True, postgresql_where=sa.text('external_reference IS NOT NULL'))
    op.create_table('quote',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('visibility', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=True),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('asked', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('amount', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('accepted_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('acceptance_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("(visibility = 'internal') OR (state <> 'draft')", name=op.f('ck_quote_drafts_are_internal')),
    sa.CheckConstraint("state IN ('draft', 'offered', 'accepted', 'declined', 'withdrawn', 'expired')", name=op.f('ck_quote_state')),
    sa.CheckConstraint("visibility IN ('internal', 'public')", name=op.f('ck_quote_visibility')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_quote_amount')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_quote_asset_id')),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_quote_claim_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_quote_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote')),
    sa.UniqueConstraint('number', name='uq_quote_number')
    )
    op.create_index('ix_quote_asset', 'quote', ['asset_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_quote_claim', 'quote', ['claim_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_quote_created_at', 'quote', ['created_at', 'id'], unique=False)
    op.create_index('ix_quote_customer', 'quote', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_quote_due', 'quote', ['valid_until', 'id'], unique=False, postgresql_where=sa.text("state = 'offered'"))
    op.create_index('ix_quote_state', 'quote', ['state', 'created_at', 'id'], unique=False)
    op.create_index('ix_quote_ticket', 'quote', ['ticket_id', 'created_at', 'id'], unique=False)
    op.create_index('uq_quote_claim_open', 'quote', ['claim_id'], unique=True, postgresql_where=sa.text("state IN ('draft', 'offered')"))
    op.create_table('upstream_claim',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('visibility', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=True),
    sa.Column('defect_id', sa.Uuid(), nullable=True),
    sa.Column('against', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('party_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('claimed', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('accepted', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('recovered', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('recoveries', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rejections', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('end_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("against IN ('manufacturer', 'carrier', 'supplier')", name=op.f('ck_upstream_claim_against')),
    sa.CheckConstraint("state IN ('draft', 'submitted', 'accepted', 'rejected', 'recovered', 'closed')", name=op.f('ck_upstream_claim_state')),
    sa.CheckConstraint("visibility = 'internal'", name=op.f('ck_upstream_claim_visibility')),
    sa.CheckConstraint('(claim_id IS NULL) <> (defect_id IS NULL)', name=op.f('ck_upstream_claim_origin')),
    sa.CheckConstraint('accepted <= claimed', name=op.f('ck_upstream_claim_accepted')),
    sa.CheckConstraint('claimed > 0', name=op.f('ck_upstream_claim_claimed')),
    sa.CheckConstraint('recovered = 0 OR recovered <= accepted', name=op.f('ck_upstream_claim_recovered')),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_upstream_claim_claim_id')),
    sa.ForeignKeyConstraint(['defect_id'], ['defect.id'], name=op.f('fk_upstream_claim_defect_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upstream_claim')),
    sa.UniqueConstraint('number', name='uq_upstream_claim_number')
    )
    op.create_index('ix_upstream_claim_claim', 'upstream_claim', ['claim_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_upstream_claim_created_at', 'upstream_claim', ['created_at', 'id'], unique=False)
    op.create_index('ix_upstream_claim_customer', 'upstream_claim', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_upstream_claim_defect', 'upstream_claim', ['defect_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_upstream_claim_state', 'upstream_claim', ['state', 'created_at', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('upstream_claim')
    op.drop_table('quote')
    op.drop_table('claim')
