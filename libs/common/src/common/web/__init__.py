"""The web edge: HTTP in and out, the same for every service."""
