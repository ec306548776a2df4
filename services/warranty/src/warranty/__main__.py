"""``python -m warranty api|worker|migrate|openapi|asyncapi``."""

from common.processes import run
from warranty.main import SERVICE

run(SERVICE)
