"""What is told when a thing of the directory is made; texts as typed."""

from dataclasses import dataclass
from uuid import UUID

from warranty.domain.directory import Locality, Position, Tier


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as it is told; ``time_zone`` is an IANA name, ``language`` zh-CN or en."""

    code: str
    name_zh: str
    name_en: str
    industry: str
    tier: Tier = Tier.STANDARD
    time_zone: str = "Asia/Shanghai"
    language: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class NewSite:
    """A site as it is told; a distance (km) or locality that is stated is not computed."""

    customer_id: UUID
    code: str
    name: str
    address: str
    city: str
    position: Position | None = None
    distance_km: float | None = None
    locality: Locality | None = None
    access_rules: str | None = None
