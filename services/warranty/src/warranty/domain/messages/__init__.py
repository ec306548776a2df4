"""Texts of warranty's refusals, in zh-CN and en, with what to do next."""

from common.messages import Catalogue
from warranty.domain.messages import (
    claims,
    directory,
    import_rows,
    imports,
    installations,
    made_good,
    maintenance,
    owning,
    software,
    stock,
)

MESSAGES: Catalogue = {
    **directory.MESSAGES,
    **owning.MESSAGES,
    **software.MESSAGES,
    **installations.MESSAGES,
    **maintenance.MESSAGES,
    **imports.MESSAGES,
    **import_rows.MESSAGES,
    **claims.MESSAGES,
    **made_good.MESSAGES,
    **stock.MESSAGES,
}
