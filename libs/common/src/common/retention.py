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
        ValueError: not ``inbox > outbox > outage``: a double could be taken for new, or an event be gone
            before everybody has seen it.
    """

    inbox: timedelta = timedelta(days=90)
    outbox: timedelta = timedelta(days=60)
    outage: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if not self.inbox > self.outbox > self.outage:
            raise ValueError(
                f"retention must be inbox > outbox > tolerated outage, "
                f"not {self.inbox} > {self.outbox} > {self.outage}; lengthen the former or shorten the latter"
            )
