"""One copy of the product with the stand-in as its only service; arguments: data folder, port base."""

import os
import sys
from pathlib import Path

from aftercare.commands import up
from aftercare.home import Home
from aftercare.processes import Service
from aftercare.suite import Choices, Numbers

home, base = Path(sys.argv[1]), int(sys.argv[2])
bus, database_url = os.environ.get("BUS"), os.environ.get("DATABASE_URL")
up.run(Choices(Home(home), Numbers(base, os.environ), bus, database_url, services=(Service("desk", 1),)))
