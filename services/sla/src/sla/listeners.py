"""What sla hears: every declared event of the other services, each of which becomes a fact."""

from collections.abc import Sequence

from common.bus import GenericListener, in_course_of
from common.contracts import REGISTRY
from common.db import Session
from common.events import Envelope
from sla.commands import facts
from sla.commands.crossings import SERVICE


async def on_facts(session: Session, envelopes: Sequence[Envelope]) -> None:
    """Something happened to somebody; what was promised for it runs, waits or ends."""
    await facts.take_up(session, envelopes, in_course_of)


LISTENERS = GenericListener(
    events=tuple(event for event in REGISTRY.values() if event.service() != SERVICE), hear=on_facts
)
