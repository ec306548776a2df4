"""What the rows of a file are called by, in a table of its own; where in a file the headings stand."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_name',
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('is_unique', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['import.id'], name=op.f('fk_import_name_import_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('import_id', 'name', 'row', name=op.f('pk_import_name'))
    )
    op.execute("""INSERT INTO import_name (import_id, name, "row", is_unique)
        SELECT import_id, key, "row", true FROM import_row WHERE key IS NOT NULL""")
    op.drop_column('import_row', 'key')
    op.add_column('import', sa.Column('sheet', sa.String(), nullable=True))
    op.add_column('import', sa.Column('heading_row', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('import', 'heading_row')
    op.drop_column('import', 'sheet')
    op.add_column('import_row', sa.Column('key', sa.String(), nullable=True))
    op.execute("""UPDATE import_row r SET key = (SELECT min(n.name) FROM import_name n
        WHERE n.import_id = r.import_id AND n."row" = r."row" AND n.is_unique)""")
    op.drop_table('import_name')
