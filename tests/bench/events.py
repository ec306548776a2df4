"""Ticketing's events made up: the same bytes as its relay sends, for any number of tickets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from common.contracts.ticketing import TicketOpened
from common.events import Envelope, envelope_of, headers_of
from common.ids import new_id
from tests.bench.stage import TICKET


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of the bus."""

    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes

    def envelope(self, now: datetime) -> Envelope:
        """As a consumer reads it."""
        return envelope_of(TicketOpened.topic, self.headers, orjson.loads(self.value), now)


def opened(count: int, at: datetime) -> Iterator[Sent]:
    """That ``count`` level-1 incidents were reported at an instant."""
    for number in range(count):
        ticket_id = new_id()
        event = TicketOpened(
            ticket_id=ticket_id,
            number=f"INC-{at.year}-{number:06d}",
            reported_at=at,
            state="new",
            response_case="normal",
            route="remote",
            is_major=False,
            kind="incident",
            channel="hotline",
            severity=1,
            customer_id=UUID(str(TICKET["customer_id"])),
            locality="out_of_town",
            distance_km=120.5,
        )
        headers = headers_of(
            TicketOpened,
            event_id=new_id(),
            key=str(ticket_id),
            occurred_at=at,
            recorded_at=at,
            aggregate_version=1,
            correlation_id="",
            causation_id="",
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            auth_type="app_user",
            auth_id="agent-1",
        )
        told = [(name, value.encode()) for name, value in headers.items()]
        yield Sent(str(ticket_id).encode(), told, orjson.dumps(event.model_dump(mode="json")))
