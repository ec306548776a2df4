"""Alembic's environment of ticketing."""

from alembic import context

from common.migrations import run_environment
from ticketing.tables import TICKETING

run_environment(context, TICKETING.metadata)
