"""Verbs of warranty, one module per thing."""
