"""A request for an inspection waits for what becomes of it; the agreed day is kept with the inspection."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = "ticket.state IN ('new', 'acknowledged', 'in_progress', 'waiting')"
UNDER_WAY = "inspection.state NOT IN ('completed', 'cancelled')"

# What was kept is the day alone. Its end in the site's zone is as many days from that of a visit asked for
# earlier as brings it next to midnight; where no visit tells, the day is that of UTC.
DAY = """
UPDATE inspection SET due_at = coalesce(
    (SELECT visit.due_at + interval '1 day' * round(
            extract(epoch FROM (due_on + 1)::timestamp AT TIME ZONE 'UTC' - visit.due_at) / 86400)
     FROM visit JOIN ticket ON ticket.id = visit.ticket_id
     WHERE ticket.routine_inspection_id = inspection.id AND visit.due_at IS NOT NULL
     ORDER BY visit.requested_at DESC, visit.id DESC LIMIT 1),
    (due_on + 1)::timestamp AT TIME ZONE 'UTC')
"""

# One that people took up again after its inspection was over is theirs.
AWAITS = f"""
UPDATE ticket SET awaits_inspection = true FROM inspection
WHERE ticket.routine_inspection_id = inspection.id
  AND ({UNDER_WAY} OR (inspection.waits_for_departure AND {OPEN} AND ticket.reopened_count = 0))
"""

TO_COME = f"""
UPDATE visit SET due_at = inspection.due_at FROM ticket, inspection
WHERE visit.ticket_id = ticket.id AND ticket.routine_inspection_id = inspection.id AND {UNDER_WAY}
  AND visit.due_at IS NULL AND visit.state IN ('requested', 'offered', 'accepted', 'en_route')
"""

WAITS = f"""
UPDATE inspection SET waits_for_departure = true FROM ticket
WHERE ticket.routine_inspection_id = inspection.id AND ticket.awaits_inspection AND {OPEN}
  AND NOT ({UNDER_WAY})
"""


def upgrade() -> None:
    op.add_column('inspection', sa.Column('planned_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('inspection', sa.Column('due_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(DAY)
    op.execute("UPDATE inspection SET planned_at = due_at - interval '1 day'")
    op.alter_column('inspection', 'planned_at', nullable=False)
    op.alter_column('inspection', 'due_at', nullable=False)
    op.add_column('ticket', sa.Column('awaits_inspection', sa.Boolean(), server_default='false', nullable=False))
    op.alter_column('ticket', 'awaits_inspection', server_default=None)
    op.execute(AWAITS)
    op.execute(TO_COME)
    op.drop_column('inspection', 'waits_for_departure')


def downgrade() -> None:
    op.add_column('inspection', sa.Column('waits_for_departure', sa.Boolean(), server_default='false', nullable=False))
    op.alter_column('inspection', 'waits_for_departure', server_default=None)
    op.execute(WAITS)
    op.drop_column('ticket', 'awaits_inspection')
    op.drop_column('inspection', 'due_at')
    op.drop_column('inspection', 'planned_at')
