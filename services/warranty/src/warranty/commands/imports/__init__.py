"""Imports: accepted, taken up by a worker, checked row by row, and written all at once."""
