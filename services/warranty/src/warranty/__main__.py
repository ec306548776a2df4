"""``python -m warranty api|worker|migrate|openapi|asyncapi``."""

import common.lean  # noqa: F401 - before all others
from common.processes import run
from warranty.main import SERVICE

run(SERVICE)
