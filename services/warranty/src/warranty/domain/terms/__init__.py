"""Warranty terms as contracts write them: rules over events and meters, read, computed and restarted."""
