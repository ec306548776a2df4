"""Contacts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('site_id', sa.Uuid(), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('department', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('roles', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('phones', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('search_terms', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('authorized_from', sa.Date(), nullable=True),
    sa.Column('authorized_to', sa.Date(), nullable=True),
    sa.Column('authorized_from_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('authorized_until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('authorized_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('authorized_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erasure_ground', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('erasure_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("state IN ('active', 'erased')", name=op.f('ck_contact_state')),
    sa.CheckConstraint("erasure_ground IN ('requested', 'left_organisation', 'no_longer_needed', 'recorded_by_mistake')", name=op.f('ck_contact_erasure_ground')),
    sa.CheckConstraint("state <> 'erased' OR (name IS NULL AND title IS NULL AND department IS NULL AND email IS NULL AND note IS NULL AND phones = '[]' AND search_terms = '[]' AND roles = '[]')", name=op.f('ck_contact_erased_is_forgotten')),
    sa.CheckConstraint("state = 'erased' OR name IS NOT NULL", name=op.f('ck_contact_name')),
    sa.CheckConstraint('authorized_to IS NULL OR authorized_to >= authorized_from', name=op.f('ck_contact_period')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_contact_customer_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_contact_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_index('ix_contact_authorized', 'contact', ['created_at', 'id'], unique=False, postgresql_where=sa.text('authorized_from_at IS NOT NULL'))
    op.create_index('ix_contact_created_at', 'contact', ['created_at', 'id'], unique=False)
    op.create_index('ix_contact_customer', 'contact', ['customer_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_contact_email', 'contact', ['email'], unique=False, postgresql_where=sa.text('email IS NOT NULL'))
    op.create_index('ix_contact_phones', 'contact', ['phones'], unique=False, postgresql_using='gin', postgresql_ops={'phones': 'jsonb_path_ops'}, postgresql_with={'fastupdate': 'off'})
    op.create_index('ix_contact_roles', 'contact', ['roles'], unique=False, postgresql_using='gin')
    op.create_index('ix_contact_search', 'contact', ['search_terms'], unique=False, postgresql_using='gin')
    op.create_index('ix_contact_site', 'contact', ['site_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_contact_state', 'contact', ['state', 'created_at', 'id'], unique=False)
    op.create_table('contact_authorization',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('authorized_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('authorized_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_contact_authorization_period')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_contact_authorization_contact_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_authorization'))
    )
    op.create_index('ix_contact_authorization_contact', 'contact_authorization', ['contact_id', 'created_at', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('contact_authorization')
    op.drop_table('contact')
