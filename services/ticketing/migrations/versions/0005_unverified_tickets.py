"""Tickets that the directory does not bear out are a list, the newest report first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_ticket_unverified",
        "ticket",
        ["reported_at", "id"],
        unique=False,
        postgresql_where=sa.text("is_directory_unverified"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_ticket_unverified", table_name="ticket", postgresql_where=sa.text("is_directory_unverified")
    )
