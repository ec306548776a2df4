"""Files of components and of contacts."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_BEFORE = "'customers', 'sites', 'assets'"
KINDS = "'customers', 'sites', 'contacts', 'assets', 'components'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_import_kind"), "import")
    op.create_check_constraint(op.f("ck_import_kind"), "import", f"kind IN ({KINDS})")


def downgrade() -> None:
    """Whatever is told of files that were not known before goes with them; what they brought in stays."""
    op.execute(f"DELETE FROM import WHERE kind NOT IN ({OF_BEFORE})")
    op.drop_constraint(op.f("ck_import_kind"), "import")
    op.create_check_constraint(op.f("ck_import_kind"), "import", f"kind IN ({OF_BEFORE})")
