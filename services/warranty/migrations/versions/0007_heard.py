"""What warranty keeps of tickets."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('heard_ticket',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updated_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('asset_id', sa.Uuid(), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('facts_version', sa.Integer(), nullable=False),
    sa.Column('cause_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('cause_version', sa.Integer(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("outcome IN ('decided', 'no_asset', 'asset_unknown', 'asset_of_another')", name=op.f('ck_heard_ticket_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_heard_ticket'))
    )


def downgrade() -> None:
    op.drop_table('heard_ticket')
