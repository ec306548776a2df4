"""Imports and their rows."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state_changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('file_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('format', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('encoding', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('ignored_columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('is_dry_run', sa.Boolean(), nullable=False),
    sa.Column('row_count', sa.Integer(), nullable=True),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('share_done', sa.Float(), nullable=False),
    sa.Column('new_count', sa.Integer(), nullable=False),
    sa.Column('changed_count', sa.Integer(), nullable=False),
    sa.Column('unchanged_count', sa.Integer(), nullable=False),
    sa.Column('wrong_count', sa.Integer(), nullable=False),
    sa.Column('problem_count', sa.Integer(), nullable=False),
    sa.Column('failure', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('authority', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('claim_id', sa.Uuid(), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempt_count', sa.Integer(), nullable=False),
    sa.Column('has_rows', sa.Boolean(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'checking', 'checked', 'running', 'succeeded', 'failed', 'cancelled')", name=op.f('ck_import_state')),
    sa.CheckConstraint("kind IN ('customers', 'sites', 'assets')", name=op.f('ck_import_kind')),
    sa.CheckConstraint('size_bytes >= 0', name=op.f('ck_import_size_bytes')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import'))
    )
    op.create_index('ix_import_created_at', 'import', ['created_at', 'id'], unique=False)
    op.create_index('ix_import_state', 'import', ['state', 'created_at', 'id'], unique=False)
    op.create_index('ix_import_due', 'import', ['created_at', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'checking', 'running')"))
    op.create_index('ix_import_kept', 'import', ['expires_at', 'id'], unique=False, postgresql_where=sa.text('has_rows'))
    op.create_table('import_part',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name=op.f('fk_import_part_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'number', name=op.f('pk_import_part'))
    )
    op.create_table('import_row',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("outcome IN ('new', 'changed', 'unchanged', 'wrong')", name=op.f('ck_import_row_outcome')),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name=op.f('fk_import_row_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'row', name=op.f('pk_import_row'))
    )
    op.create_table('import_problem',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('column', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name=op.f('fk_import_problem_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_problem'))
    )
    op.create_index('ix_import_problem_row', 'import_problem', ['import_id', 'row', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_import_problem_row', table_name='import_problem')
    op.drop_table('import_problem')
    op.drop_table('import_row')
    op.drop_table('import_part')
    op.drop_index('ix_import_kept', table_name='import', postgresql_where=sa.text('has_rows'))
    op.drop_index('ix_import_due', table_name='import', postgresql_where=sa.text("state IN ('queued', 'checking', 'running')"))
    op.drop_index('ix_import_state', table_name='import')
    op.drop_index('ix_import_created_at', table_name='import')
    op.drop_table('import')
