"""Rate limits, counted in this process: a sliding window per policy and caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from common.context import Caller

MOST_TRACKED = 20_000


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in so many seconds.

    Args:
        name: the policy's name in the headers.
        requests: how many.
        seconds: in which time.
    """

    name: str
    requests: int
    seconds: int

    @property
    def policy(self) -> str:
        """The quota as ``RateLimit-Policy`` states it."""
        return f'"{self.name}";q={self.requests};w={self.seconds}'


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a quota.

    Args:
        quota: which one.
        remaining: requests left.
        resets_in: seconds until the window moves on.
        is_spent: whether this request was one too many.
    """

    quota: Quota
    remaining: int
    resets_in: int
    is_spent: bool

    @property
    def limit(self) -> str:
        """The standing as ``RateLimit`` states it."""
        return f'"{self.quota.name}";r={self.remaining};t={self.resets_in}'


PARTNER = Quota("partner", 600, 60)
USER = Quota("user", 1200, 60)
ANONYMOUS = Quota("anonymous", 60, 60)

DEFAULT: Mapping[str, Quota] = MappingProxyType({quota.name: quota for quota in (PARTNER, USER, ANONYMOUS)})


class Quotas:
    """Counts requests against quotas.

    Args:
        policies: by name: ``partner``, ``user``, ``anonymous``; a policy left out is not limited.
    """

    def __init__(self, policies: Mapping[str, Quota] = DEFAULT) -> None:
        self._policies = policies
        self._counts: dict[tuple[str, str], list[int]] = {}

    def take(self, policy: str, who: str, now: float) -> Standing | None:
        """Count one request of ``who`` at Unix time ``now``; ``None`` where the policy has no quota."""
        quota = self._policies.get(policy)
        if quota is None:
            return None
        window, into = divmod(now, quota.seconds)
        count = self._count(quota.name, who, int(window))
        used = count[1] + count[2] * (1 - into / quota.seconds)
        is_spent = used >= quota.requests
        if not is_spent:
            count[1] += 1
        left = 0 if is_spent else max(0, int(quota.requests - used - 1))
        return Standing(quota, left, int(quota.seconds - into) or 1, is_spent)

    def _count(self, policy: str, who: str, window: int) -> list[int]:
        """Window, requests in it, requests in the one before."""
        count = self._counts.get((policy, who))
        if count is None:
            if len(self._counts) >= MOST_TRACKED:
                self._counts.pop(next(iter(self._counts)))
            count = self._counts[(policy, who)] = [window, 0, 0]
        elif count[0] != window:
            count[:] = [window, 0, count[1] if count[0] == window - 1 else 0]
        return count


def policy_of(caller: Caller) -> str:
    """The name of the policy that a caller falls under."""
    return "partner" if caller.roles & {"partner", "customer"} else "user"
