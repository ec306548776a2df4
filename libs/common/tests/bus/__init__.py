"""Tests of the outbox relay, the bus and what hangs on them."""
