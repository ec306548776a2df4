"""What warranty publishes, one module per thing; ids and figures only, no names, phones or addresses."""

from common.contracts.warranty import assets, coverage, directory, maintenance

__all__ = ["assets", "coverage", "directory", "maintenance"]
