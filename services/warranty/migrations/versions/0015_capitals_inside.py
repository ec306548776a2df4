"""Capitals also inside contracts and files: the numbers that rules of parts go by, and rows that were read before.

Of rules whose numbers differ by case, the one that counted so far counts on; the others stand in the contract as they
are, and nothing goes by them. Versions of contracts stay: each counts an event. A file whose rows were read before
codes were kept in capitals is read once more: its rows would be taken for other things than those they name. Going back
leaves both as they are.
"""

from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

CONTRACTS = """
WITH ranked AS (
    SELECT c.id, r.key, r.value, upper(r.key COLLATE "C") AS kept,
        row_number() OVER (PARTITION BY c.id, upper(r.key COLLATE "C") ORDER BY r.key COLLATE "C") AS place
    FROM contract c CROSS JOIN LATERAL jsonb_each(c.terms -> 'components') r
), carried AS (
    SELECT id, jsonb_object_agg(CASE place WHEN 1 THEN kept ELSE key END, value) AS rules
    FROM ranked GROUP BY id HAVING bool_or(place = 1 AND key <> kept)
)
UPDATE contract c SET terms = jsonb_set(c.terms, '{components}', carried.rules) FROM carried WHERE carried.id = c.id
"""
"""Capitals come first in the order of plain signs, as in that in which a contract's rules were looked through."""

NAMED_BY = """ARRAY['code', 'customer_code', 'site_code', 'product_code', 'contract_number', 'serial_number',
    'part_number', 'asset_serial_number', 'parent_serial_number']"""
FILES = f"""
UPDATE import i SET state = 'queued', state_changed_at = now(), version = i.version + 1, updated_at = now(),
    claim_id = NULL, leased_until = NULL, attempt_count = 0, done_count = 0, share_done = 0,
    new_count = 0, changed_count = 0, unchanged_count = 0, wrong_count = 0, row_count = NULL
WHERE i.state IN ('checked', 'running') AND EXISTS (SELECT FROM import_part p WHERE p.import_id = i.id)
    AND EXISTS (
        SELECT FROM import_row r CROSS JOIN LATERAL unnest({NAMED_BY}) AS named(name)
        WHERE r.import_id = i.id AND r.values ->> named.name ~ '[^ -`{{-~]' COLLATE "C"
    )
"""


def upgrade() -> None:
    op.execute(CONTRACTS)
    op.execute(FILES)


def downgrade() -> None:
    """Capitals stay, and what waits to be read is read."""
