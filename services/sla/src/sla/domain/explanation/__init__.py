"""Why a clock is due when it is: as structure, as a document and as sentences."""

from sla.domain.explanation.document import document_of
from sla.domain.explanation.sentences import sentences
from sla.domain.explanation.told import Explanation, Moved, Round, Wait, explain

__all__ = ["Explanation", "Moved", "Round", "Wait", "document_of", "explain", "sentences"]
