"""Plans as data: what a commitment is, how it is read and written."""

from sla.domain.plans.catalogue import Catalogue, EventField, Kind, MustCover
from sla.domain.plans.export import document_of, target_document
from sla.domain.plans.issues import Issue
from sla.domain.plans.model import Commitment, Condition, Operator, Plan, Step, Target, Trigger, Unit
from sla.domain.plans.nodes import Node, node_of
from sla.domain.plans.reading import Reading, read_plan

__all__ = [
    "Catalogue",
    "Commitment",
    "Condition",
    "EventField",
    "Issue",
    "Kind",
    "MustCover",
    "Node",
    "Operator",
    "Plan",
    "Reading",
    "Step",
    "Target",
    "Trigger",
    "Unit",
    "document_of",
    "node_of",
    "read_plan",
    "target_document",
]
