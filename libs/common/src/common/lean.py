"""Imported first by a service's process: keeps out what libraries take along only where they find it.

structlog draws tracebacks with rich, and httpx a command line with pygments, where those are installed, as
they are beside our own command line. No service draws anything, and each process would pay for it with 6 MB
and a fifth of a second.
"""

import sys

for name in ("rich", "pygments"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type] # None is how an import is made to fail
