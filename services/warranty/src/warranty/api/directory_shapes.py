"""What is told and shown of customers, sites and service bases."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, Prose, Shape, Text, sortable
from common.web.told import Words
from warranty.api.told import CustomerId, Label, NaturalKey, Place, TimeZone
from warranty.domain.directory import Locality, Tier

Language = Literal["zh-CN", "en"]
Industry = Annotated[str, Text(100), Field(examples=["banking"])]
Distance = Annotated[float, Field(ge=0, le=20_040, description="Kilometres from the nearest service base.")]


class CustomerCreate(Shape):
    """An organisation the vendor serves."""

    code: NaturalKey
    name_zh: Label
    name_en: Label
    industry: Industry
    tier: Tier = Tier.STANDARD
    time_zone: TimeZone = "Asia/Shanghai"
    language: Language = "zh-CN"


class CustomerUpdate(Shape):
    """Corrections; a field left out stays."""

    name_zh: Maybe[Label] = None
    name_en: Maybe[Label] = None
    industry: Maybe[Industry] = None
    tier: Maybe[Tier] = None
    time_zone: Maybe[TimeZone] = None
    language: Maybe[Language] = None


class CustomerOut(OutShape):
    """An organisation the vendor serves."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    industry: str
    tier: Tier
    time_zone: str
    language: str
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class CustomerPage(Page[CustomerOut]):
    """A page of customers."""


class CustomerFilters(ListQuery):
    """Filters of the list of customers."""

    code: Maybe[NaturalKey] = None
    tier: Maybe[Tier] = None
    industry: Maybe[Industry] = None
    q: Words = None
    sort: Annotated[str, sortable("created_at", "code")] = "-created_at"


class SiteCreate(Shape):
    """A place of a customer; distance and locality that are left out are computed from the position."""

    customer_id: CustomerId
    code: NaturalKey
    name: Label
    address: Annotated[str, Prose(500), Field(examples=["18 Century Avenue, Pudong"])]
    city: Annotated[str, Text(100), Field(examples=["Shanghai"])]
    position: Maybe[Place] = None
    distance_km: Maybe[Distance] = None
    locality: Maybe[Locality] = None
    access_rules: Maybe[Annotated[str, Prose(10_000)]] = None


class SiteUpdate(Shape):
    """Corrections; a field left out stays, a null distance or locality is computed again."""

    name: Maybe[Label] = None
    address: Maybe[Annotated[str, Prose(500)]] = None
    city: Maybe[Annotated[str, Text(100)]] = None
    position: Place | None = None
    distance_km: Distance | None = None
    locality: Locality | None = None
    access_rules: Annotated[str, Prose(10_000)] | None = None


class SiteOut(OutShape):
    """A place of a customer where assets stand."""

    id: UUID
    customer_id: UUID
    code: str
    name: str
    address: str
    city: str
    position: Place | None
    distance_km: float | None
    is_distance_stated: bool
    locality: Locality | None
    is_locality_stated: bool
    access_rules: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class SitePage(Page[SiteOut]):
    """A page of sites."""


class SiteFilters(ListQuery):
    """Filters of the list of sites."""

    customer_id: Maybe[UUID] = None
    code: Maybe[NaturalKey] = None
    city: Maybe[Annotated[str, Text(100)]] = None
    locality: Maybe[Locality] = None
    q: Words = None
    sort: Annotated[str, sortable("created_at", "code")] = "-created_at"


class ServiceBaseCreate(Shape):
    """A place from which the vendor's engineers set out."""

    code: NaturalKey
    name: Label
    city: Annotated[str, Text(100), Field(examples=["Shanghai"])]
    position: Place


class ServiceBaseUpdate(Shape):
    """Corrections; a field left out stays."""

    name: Maybe[Label] = None
    city: Maybe[Annotated[str, Text(100)]] = None
    position: Maybe[Place] = None


class ServiceBaseOut(OutShape):
    """A place from which the vendor's engineers set out."""

    id: UUID
    code: str
    name: str
    city: str
    position: Place
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str


class ServiceBasePage(Page[ServiceBaseOut]):
    """A page of service bases."""


class ServiceBaseFilters(ListQuery):
    """Paging of the service bases."""

    sort: Annotated[str, sortable("created_at")] = "created_at"
