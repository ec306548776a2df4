"""Texts of warranty's refusals, in zh-CN and en, with what to do next."""

from common.messages import Catalogue
from warranty.domain.messages import directory, imports, installations, maintenance, owning

MESSAGES: Catalogue = {
    **directory.MESSAGES,
    **owning.MESSAGES,
    **installations.MESSAGES,
    **maintenance.MESSAGES,
    **imports.MESSAGES,
}
