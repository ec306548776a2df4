"""The directory's replica, coverage and charges."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asset',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recheck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_asset'))
    )
    op.create_index('ix_asset_recheck_at', 'asset', ['recheck_at'], unique=False, postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.create_table('contact',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recheck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('authorized_from', sa.Date(), nullable=True),
    sa.Column('authorized_to', sa.Date(), nullable=True),
    sa.Column('is_erased', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_index('ix_contact_recheck_at', 'contact', ['recheck_at'], unique=False, postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.create_table('contract',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract'))
    )
    op.create_table('customer',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recheck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('time_zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer'))
    )
    op.create_index('ix_customer_recheck_at', 'customer', ['recheck_at'], unique=False, postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.create_table('site',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recheck_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locality', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('distance_km', sa.Float(), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site'))
    )
    op.create_index('ix_site_recheck_at', 'site', ['recheck_at'], unique=False, postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.create_table('claim',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_claim_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim'))
    )
    op.create_table('finding',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('inspection_id', sa.Uuid(), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('severity', sa.SmallInteger(), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('expected_min', sa.Float(), nullable=True),
    sa.Column('expected_max', sa.Float(), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_finding_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    op.create_index('ix_finding_thing', 'finding', ['thing_id', 'item'], unique=False)
    op.create_table('charge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=True),
    sa.Column('engineer_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('part_id', sa.Uuid(), nullable=True),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=12, scale=3), nullable=False),
    sa.Column('unit_price', sa.Numeric(precision=14, scale=2), nullable=False),
    sa.Column('amount', sa.Numeric(precision=24, scale=2), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('receipt_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('is_redispatch', sa.Boolean(), nullable=False),
    sa.Column('payer', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payer_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payer_note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('withdrawn_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("kind IN ('travel', 'labour', 'parts')", name=op.f('ck_charge_kind')),
    sa.CheckConstraint("payer IN ('customer', 'vendor', 'undetermined')", name=op.f('ck_charge_payer')),
    sa.CheckConstraint("payer_reason IN ('covered', 'goodwill', 'not_covered', 'redispatch_at_actual_cost', 'engineer_replaced', 'decision_open', 'stated')", name=op.f('ck_charge_payer_reason')),
    sa.CheckConstraint("state <> 'settled' OR payer <> 'undetermined'", name=op.f('ck_charge_settled_has_payer')),
    sa.CheckConstraint("state IN ('open', 'settled', 'withdrawn')", name=op.f('ck_charge_state')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_charge_quantity')),
    sa.CheckConstraint('unit_price >= 0', name=op.f('ck_charge_unit_price')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_charge_ticket_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_charge_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge'))
    )
    op.create_index('ix_charge_ticket', 'charge', ['ticket_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_charge_visit', 'charge', ['visit_id'], unique=False)
    op.create_index('ix_ticket_reporter', 'ticket', ['reporter_contact_id'], unique=False, postgresql_where=sa.text('is_reporter_unverified AND reporter_contact_id IS NOT NULL'))
    op.create_index('ix_ticket_unverified_asset_id', 'ticket', ['asset_id'], unique=False, postgresql_where=sa.text('is_directory_unverified AND asset_id IS NOT NULL'))
    op.create_index('ix_ticket_unverified_customer_id', 'ticket', ['customer_id'], unique=False, postgresql_where=sa.text('is_directory_unverified AND customer_id IS NOT NULL'))
    op.create_index('ix_ticket_unverified_reporter_contact_id', 'ticket', ['reporter_contact_id'], unique=False, postgresql_where=sa.text('is_directory_unverified AND reporter_contact_id IS NOT NULL'))
    op.create_index('ix_ticket_unverified_site_id', 'ticket', ['site_id'], unique=False, postgresql_where=sa.text('is_directory_unverified AND site_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_ticket_unverified_site_id', table_name='ticket', postgresql_where=sa.text('is_directory_unverified AND site_id IS NOT NULL'))
    op.drop_index('ix_ticket_unverified_reporter_contact_id', table_name='ticket', postgresql_where=sa.text('is_directory_unverified AND reporter_contact_id IS NOT NULL'))
    op.drop_index('ix_ticket_unverified_customer_id', table_name='ticket', postgresql_where=sa.text('is_directory_unverified AND customer_id IS NOT NULL'))
    op.drop_index('ix_ticket_unverified_asset_id', table_name='ticket', postgresql_where=sa.text('is_directory_unverified AND asset_id IS NOT NULL'))
    op.drop_index('ix_ticket_reporter', table_name='ticket', postgresql_where=sa.text('is_reporter_unverified AND reporter_contact_id IS NOT NULL'))
    op.drop_index('ix_charge_visit', table_name='charge')
    op.drop_index('ix_charge_ticket', table_name='charge')
    op.drop_table('charge')
    op.drop_index('ix_finding_thing', table_name='finding')
    op.drop_table('finding')
    op.drop_table('claim')
    op.drop_index('ix_site_recheck_at', table_name='site', postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.drop_table('site')
    op.drop_index('ix_customer_recheck_at', table_name='customer', postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.drop_table('customer')
    op.drop_table('contract')
    op.drop_index('ix_contact_recheck_at', table_name='contact', postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.drop_table('contact')
    op.drop_index('ix_asset_recheck_at', table_name='asset', postgresql_where=sa.text('recheck_at IS NOT NULL'))
    op.drop_table('asset')
