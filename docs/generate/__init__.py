"""The documents that are derived from the code, and the command that brings them up to date.

`python -m docs.generate` writes them, `python -m docs.generate --check` only says what is out of date.
"""
