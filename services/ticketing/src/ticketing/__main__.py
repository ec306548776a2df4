"""``python -m ticketing api|worker|migrate|openapi|asyncapi``."""

import common.lean  # noqa: F401 - before all others
from common.processes import run
from ticketing.main import SERVICE

run(SERVICE)
