"""``python -m ticketing api|worker|migrate|openapi|asyncapi``."""

from common.processes import run
from ticketing.main import SERVICE

run(SERVICE)
