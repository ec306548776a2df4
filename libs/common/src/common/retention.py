"""How long events are remembered, and the order of these times that keeps a rebuilt bus free of loss."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """Times that things are kept.

    Args:
        inbox: what was applied is remembered, so that a double is recognised.
        outbox: published events are kept, so that they can be published again to a rebuilt cluster.
        outage: longest time a consumer may be away without losing anything.

    Raises:
        ValueError: ``outbox`` is not longer than ``outage``: an event could be gone before everybody has seen
            it. Or ``inbox`` is shorter than both together: an event that is published again at the end of
            ``outbox``, and read at the end of an outage, could be taken for new.
    """

    inbox: timedelta = timedelta(days=90)
    outbox: timedelta = timedelta(days=60)
    outage: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.outbox <= self.outage:
            raise ValueError(
                f"the outbox must be kept longer than the longest outage that is tolerated, "
                f"not {self.outbox} beside {self.outage}; lengthen the former or shorten the latter"
            )
        if self.inbox < self.outbox + self.outage:
            raise ValueError(
                f"the inbox must be kept at least as long as outbox and tolerated outage together, "
                f"not {self.inbox} beside {self.outbox} + {self.outage}; lengthen it or shorten those"
            )
