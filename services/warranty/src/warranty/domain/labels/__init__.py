"""What people read for every code of warranty, in zh-CN and en: vocabulary to code to its two labels."""

from collections.abc import Mapping
from types import MappingProxyType

from warranty.domain.labels import (
    claims,
    directory,
    imports,
    installations,
    maintenance,
    owning,
    software,
    stock,
)

Labels = Mapping[str, tuple[str, str]]

LABELS: Mapping[str, Labels] = MappingProxyType(
    {
        **directory.LABELS,
        **owning.LABELS,
        **software.LABELS,
        **installations.LABELS,
        **maintenance.LABELS,
        **imports.LABELS,
        **claims.LABELS,
        **stock.LABELS,
    }
)
