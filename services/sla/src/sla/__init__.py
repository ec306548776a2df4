"""Promises with clocks."""
