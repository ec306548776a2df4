"""What warranty remembers of tickets it heard of."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field

from common.rows import INSTANT, CustomerOwned, Resource, one_of
from warranty.domain.heard import HeardState
from warranty.tables.rows import Row


class HeardTicket(CustomerOwned, Resource, Row, table=True):
    """The facts of one ticket by its latest news; its id is the ticket's."""

    __tablename__: ClassVar[str] = "heard_ticket"
    __table_args__ = (one_of("outcome", HeardState),)

    asset_id: UUID | None = None
    reported_at: datetime = Field(sa_type=INSTANT)
    failed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    facts_version: int
    cause_code: str | None = None
    cause_version: int
    outcome: str
