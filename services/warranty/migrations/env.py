"""Alembic's environment of warranty."""

from alembic import context

from common.migrations import run_environment
from warranty.tables import WARRANTY

run_environment(context, WARRANTY.metadata)
