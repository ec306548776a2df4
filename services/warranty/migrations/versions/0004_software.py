"""Software releases and what runs where."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('software_release',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('release_version', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scheme', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('order_key', sa.Text(collation='C'), nullable=False),
    sa.Column('minimum_version', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('minimum_key', sa.Text(collation='C'), nullable=True),
    sa.Column('compatibility', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('notes_zh', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('notes_en', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('tested_on', sa.Date(), nullable=True),
    sa.Column('released_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawal_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("state IN ('development', 'beta', 'released', 'withdrawn')", name=op.f('ck_software_release_state')),
    sa.CheckConstraint("channel IN ('development', 'beta', 'released')", name=op.f('ck_software_release_channel')),
    sa.CheckConstraint("scheme IN ('semver', 'dotted', 'ranked')", name=op.f('ck_software_release_scheme')),
    sa.CheckConstraint("state <> 'released' OR (tested_on <= released_on)", name=op.f('ck_software_release_tested')),
    sa.CheckConstraint("(scheme = 'ranked') = (rank IS NOT NULL)", name=op.f('ck_software_release_rank')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_software_release_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_software_release')),
    sa.UniqueConstraint('product_id', 'release_version', name='uq_software_release_version'),
    sa.UniqueConstraint('product_id', 'order_key', name='uq_software_release_order')
    )
    op.create_index('ix_software_release_created_at', 'software_release', ['created_at', 'id'], unique=False)
    op.create_index('ix_software_release_product', 'software_release', ['product_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_software_release_state', 'software_release', ['state', 'created_at', 'id'], unique=False)
    op.create_table('software_installation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=False),
    sa.Column('release_id', sa.Uuid(), nullable=False),
    sa.Column('previous_release_id', sa.Uuid(), nullable=True),
    sa.Column('installed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('change_id', sa.Uuid(), nullable=True),
    sa.Column('change_reference', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('effect', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('downtime_minutes', sa.Integer(), nullable=False),
    sa.Column('is_rollback', sa.Boolean(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.CheckConstraint("effect IN ('none', 'restart', 'interruption')", name=op.f('ck_software_installation_effect')),
    sa.CheckConstraint('downtime_minutes >= 0', name=op.f('ck_software_installation_downtime_minutes')),
    sa.ForeignKeyConstraint(['asset_id'], ['asset.id'], name=op.f('fk_software_installation_asset_id')),
    sa.ForeignKeyConstraint(['release_id'], ['software_release.id'], name=op.f('fk_software_installation_release_id')),
    sa.ForeignKeyConstraint(['previous_release_id'], ['software_release.id'], name=op.f('fk_software_installation_previous_release_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_software_installation'))
    )
    op.create_index('ix_software_installation_asset', 'software_installation', ['asset_id', 'installed_at', 'id'], unique=False)
    op.create_foreign_key(op.f('fk_asset_software_release_id'), 'asset', 'software_release', ['software_release_id'], ['id'])
    op.create_index('ix_asset_software', 'asset', ['software_release_id', 'created_at', 'id'], unique=False)
    op.create_index('ix_asset_software_unknown', 'asset', ['product_id', 'created_at', 'id'], unique=False, postgresql_where=sa.text('software_release_id IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_asset_software_unknown', table_name='asset', postgresql_where=sa.text('software_release_id IS NULL'))
    op.drop_index('ix_asset_software', table_name='asset')
    op.drop_constraint(op.f('fk_asset_software_release_id'), 'asset', type_='foreignkey')
    op.drop_index('ix_software_installation_asset', table_name='software_installation')
    op.drop_table('software_installation')
    op.drop_index('ix_software_release_state', table_name='software_release')
    op.drop_index('ix_software_release_product', table_name='software_release')
    op.drop_index('ix_software_release_created_at', table_name='software_release')
    op.drop_table('software_release')
