"""What every service publishes about its own audit: the signed heads of the chain, for keeping elsewhere."""

from collections.abc import Mapping
from typing import ClassVar

from common.events import Event


class CheckpointSigned(Event):
    """The head of a service's audit chain was signed.

    Whoever keeps ``checkpoint``, a signed note in C2SP form, can tell later whether the first ``size``
    entries are still those that were there. The key is the service; the aggregate's version is ``size``.
    """

    topic: ClassVar[str] = "audit.checkpoint.v1"
    collection: ClassVar[str] = "audit-checkpoints"
    is_kept_for_good: ClassVar[bool] = True

    size: int
    checkpoint: str


class TicketingCheckpointSigned(CheckpointSigned):
    """The head of ticketing's audit chain was signed."""

    type: ClassVar[str] = "ticketing.audit_checkpoint.signed"


class SlaCheckpointSigned(CheckpointSigned):
    """The head of sla's audit chain was signed."""

    type: ClassVar[str] = "sla.audit_checkpoint.signed"


class WarrantyCheckpointSigned(CheckpointSigned):
    """The head of warranty's audit chain was signed."""

    type: ClassVar[str] = "warranty.audit_checkpoint.signed"


BY_SERVICE: Mapping[str, type[CheckpointSigned]] = {
    event.service(): event
    for event in (TicketingCheckpointSigned, SlaCheckpointSigned, WarrantyCheckpointSigned)
}
"""The event by which each service publishes its heads."""
