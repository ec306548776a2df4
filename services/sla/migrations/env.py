"""Alembic's environment of sla."""

from alembic import context

from common.migrations import run_environment
from sla.tables import SLA

run_environment(context, SLA.metadata)
