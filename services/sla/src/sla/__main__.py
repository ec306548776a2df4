"""``python -m sla api|worker|migrate|openapi|asyncapi``."""

from common.processes import run
from sla.main import SERVICE

run(SERVICE)
