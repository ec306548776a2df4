"""Components are found by asset and position or serial number and by what they replaced; contacts by name.

Files of products and parts are taken. Of files about people only what is still needed is kept, and no excerpt in what
is wrong with them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OVER = """kind = 'contacts'
    AND (state IN ('succeeded', 'failed', 'cancelled') OR (state = 'checked' AND wrong_count > 0))"""
"""Files about people of which nothing more will be written."""
OF_BEFORE = "'customers', 'sites', 'contacts', 'assets', 'components'"
KINDS = "'customers', 'sites', 'contacts', 'products', 'parts', 'assets', 'components'"


def upgrade() -> None:
    op.drop_constraint(op.f('ck_import_kind'), 'import')
    op.create_check_constraint(op.f('ck_import_kind'), 'import', f"kind IN ({KINDS})")
    op.create_index('ix_component_place', 'component', ['asset_id', 'position', 'removed_at'])
    op.drop_index('ix_component_asset', table_name='component')
    op.drop_index('uq_component_position', table_name='component')
    op.create_index('uq_component_position', 'component', [sa.text('coalesce(parent_id, asset_id)'), 'position'],
        unique=True, postgresql_where=sa.text('removed_at IS NULL'))
    op.create_index('ix_component_serial', 'component', ['serial_number'],
        postgresql_where=sa.text('serial_number IS NOT NULL'))
    op.create_index('ix_component_replaces', 'component', ['replaces_id'],
        postgresql_where=sa.text('replaces_id IS NOT NULL'))
    op.create_index('ix_contact_name', 'contact', ['customer_id', 'name'],
        postgresql_where=sa.text('name IS NOT NULL'))
    for table in ('import_part', 'import_row', 'import_name'):
        op.execute(f"DELETE FROM {table} WHERE import_id IN (SELECT id FROM import WHERE {OVER})")
    op.execute("DELETE FROM import_part WHERE import_id IN (SELECT id FROM import WHERE kind = 'contacts' AND state IN ('checked', 'running'))")
    op.execute("UPDATE import_problem SET value = '' WHERE import_id IN (SELECT id FROM import WHERE kind = 'contacts')")


def downgrade() -> None:
    """What is told of files of products and parts goes with them; what they brought in stays."""
    op.execute(f"DELETE FROM import WHERE kind NOT IN ({OF_BEFORE})")
    op.drop_constraint(op.f('ck_import_kind'), 'import')
    op.create_check_constraint(op.f('ck_import_kind'), 'import', f"kind IN ({OF_BEFORE})")
    op.drop_index('ix_contact_name', table_name='contact')
    op.drop_index('ix_component_replaces', table_name='component')
    op.drop_index('ix_component_serial', table_name='component')
    op.drop_index('uq_component_position', table_name='component')
    op.create_index('uq_component_position', 'component',
        ['asset_id', sa.text('coalesce(parent_id, asset_id)'), 'position'],
        unique=True, postgresql_where=sa.text('removed_at IS NULL'))
    op.create_index('ix_component_asset', 'component', ['asset_id', 'installed_at', 'id'])
    op.drop_index('ix_component_place', table_name='component')
