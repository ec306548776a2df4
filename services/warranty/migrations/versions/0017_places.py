"""One place inside an asset whatever the case and width in which its position is written.

Of components that are inside at positions alike, the place goes to the one that is written in capitals, else to the
oldest; the others stay where they are under what was written, since nothing says which of them is really there. Files
of components that were read before are read once more: their rows are called by positions as they were typed.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LONGEST = 100
OTHER_SIGNS = "SELECT DISTINCT position FROM component WHERE position ~ '[^ -~]'"
CARRY = """
UPDATE component SET position_key = told.kept
FROM unnest(CAST(:written AS text[]), CAST(:kept AS text[])) AS told (written, kept) WHERE position = told.written
"""
ALIKE = """
WITH ranked AS (
    SELECT id, row_number() OVER (
        PARTITION BY coalesce(parent_id, asset_id), position_key ORDER BY position <> position_key, created_at, id
    ) AS place
    FROM component WHERE removed_at IS NULL
)
UPDATE component c SET position_key = c.position FROM ranked WHERE ranked.id = c.id AND ranked.place > 1
"""
FILES = """
UPDATE import i SET state = 'queued', state_changed_at = now(), version = i.version + 1, updated_at = now(),
    claim_id = NULL, leased_until = NULL, attempt_count = 0, done_count = 0, share_done = 0,
    new_count = 0, changed_count = 0, unchanged_count = 0, wrong_count = 0, row_count = NULL
WHERE i.kind = 'components' AND i.state IN ('checked', 'running')
    AND EXISTS (SELECT FROM import_part p WHERE p.import_id = i.id)
"""


def place_key(position: str) -> str:
    capitals = unicodedata.normalize("NFKC", position).strip().upper()
    key = unicodedata.normalize("NFKC", capitals).strip()
    return key if len(key) <= LONGEST else position


def upgrade() -> None:
    op.add_column('component', sa.Column('position_key', sa.String(), nullable=True))
    op.execute("UPDATE component SET position_key = upper(position COLLATE \"C\")")
    written = list(op.get_bind().execute(sa.text(OTHER_SIGNS)).scalars())
    op.get_bind().execute(sa.text(CARRY), {"written": written, "kept": [place_key(one) for one in written]})
    op.execute(ALIKE)
    op.alter_column('component', 'position_key', nullable=False)
    _index('position_key')
    op.execute(FILES)


def downgrade() -> None:
    """Positions were kept as they were written; what waits to be read is read."""
    _index('position')
    op.drop_column('component', 'position_key')


def _index(column: str) -> None:
    op.drop_index('ix_component_place', table_name='component')
    op.create_index('ix_component_place', 'component', ['asset_id', column, 'removed_at'])
    op.drop_index('uq_component_position', table_name='component')
    op.create_index('uq_component_position', 'component', [sa.text('coalesce(parent_id, asset_id)'), column],
        unique=True, postgresql_where=sa.text('removed_at IS NULL'))
