"""`python -m aftercare` is the command `aftercare`."""

from aftercare.cli import app

app()
