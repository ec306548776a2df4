"""Imported first by a service's process: keeps out what libraries take along only where they find it.

structlog draws tracebacks with rich where that is installed, as it is beside the command line. No service
draws any, and each process would pay for it with 4 MB and a fifth of a second.
"""

import sys

sys.modules.setdefault("rich", None)  # type: ignore[arg-type] # None is how an import is made to fail
