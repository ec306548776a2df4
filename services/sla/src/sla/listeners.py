"""What sla hears: every declared event of the other services becomes a fact; contracts make agreements."""

from collections.abc import Sequence

from common.bus import GenericListener, in_course_of
from common.contracts import REGISTRY
from common.contracts.audit import CheckpointSigned
from common.contracts.warranty.directory import ContractEvent
from common.db import Session
from common.events import Envelope
from sla.commands import contracts, facts
from sla.commands.contracts import Heard
from sla.commands.crossings import SERVICE


async def on_facts(session: Session, envelopes: Sequence[Envelope]) -> None:
    """Something happened to somebody; what was promised for it runs, waits or ends."""
    news = [(heard, envelope) for envelope in envelopes if (heard := _contract_in(envelope)) is not None]
    await contracts.hold_world(session, [heard for heard, _ in news])
    for heard, envelope in news:
        in_course_of(session, envelope)
        await contracts.follow(session, heard, envelope.received_at)
    await facts.take_up(session, envelopes, in_course_of)


_CONTRACTS = {name: event for name, event in REGISTRY.items() if issubclass(event, ContractEvent)}


def _contract_in(envelope: Envelope) -> Heard | None:
    kind = _CONTRACTS.get(envelope.type)
    if kind is None:
        return None
    return Heard(kind.model_validate(envelope.data), envelope.aggregate_version, envelope.occurred_at)


LISTENERS = GenericListener(
    events=tuple(
        event
        for event in REGISTRY.values()
        if event.service() != SERVICE and not issubclass(event, CheckpointSigned)
    ),
    hear=on_facts,
)
