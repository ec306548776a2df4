"""Quotes that work on a ticket waits for; reasons of coverage say what each rule came to."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quote',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Uuid(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote'))
    )
    op.create_index('ix_quote_ticket_id', 'quote', ['ticket_id'], unique=False)
    # Codes alone do not tell that; the decision itself, which the ticket names, does.
    op.execute("UPDATE ticket SET coverage_reasons = '[]' WHERE coverage_decision_id IS NOT NULL")


def downgrade() -> None:
    op.drop_index('ix_quote_ticket_id', table_name='quote')
    op.drop_table('quote')
