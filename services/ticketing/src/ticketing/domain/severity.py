"""Fault levels 1 to 4 with their definitions (§1.2.4), and what is suggested: level and route."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ticketing.domain.tickets import Kind, Route


@dataclass(frozen=True, slots=True)
class Level:
    """A fault level's name and definition in both languages."""

    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str


LEVELS: Mapping[int, Level] = MappingProxyType(
    {
        1: Level(
            "一级故障", "Level 1", "客户的系统整体停止运行。", "The customer's system as a whole is down."
        ),
        2: Level(
            "二级故障",
            "Level 2",
            "系统不稳定或性能严重降低，业务受到重大影响。",
            "The system is unstable or badly degraded and the business suffers severely.",
        ),
        3: Level(
            "三级故障",
            "Level 3",
            "部分设备或软件失效，整体仍在运行。",
            "Some equipment or software fails while the whole keeps running.",
        ),
        4: Level(
            "四级故障",
            "Level 4",
            "需要功能、安装或配置方面的说明或帮助，业务几乎不受影响。",
            "Information or help on functions, installation or configuration; business hardly touched.",
        ),
    }
)


class Extent(StrEnum):
    """How much of the system is affected."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


class Impact(StrEnum):
    """How the customer's business is affected."""

    STOPPED = "stopped"
    SEVERE = "severe"
    SLIGHT = "slight"
    NONE = "none"


SUGGESTED_LEVEL: Mapping[tuple[Extent, Impact], int] = MappingProxyType(
    {
        (Extent.WHOLE, Impact.STOPPED): 1,
        (Extent.WHOLE, Impact.SEVERE): 2,
        (Extent.WHOLE, Impact.SLIGHT): 2,
        (Extent.WHOLE, Impact.NONE): 3,
        (Extent.PART, Impact.STOPPED): 2,
        (Extent.PART, Impact.SEVERE): 2,
        (Extent.PART, Impact.SLIGHT): 3,
        (Extent.PART, Impact.NONE): 3,
        (Extent.NONE, Impact.STOPPED): 2,
        (Extent.NONE, Impact.SEVERE): 2,
        (Extent.NONE, Impact.SLIGHT): 4,
        (Extent.NONE, Impact.NONE): 4,
    }
)
"""Level by extent and impact: the questionnaire's two questions."""

SUGGESTED_ROUTE: Mapping[tuple[Kind, int], Route] = MappingProxyType(
    {
        (Kind.INCIDENT, 1): Route.REMOTE,
        (Kind.INCIDENT, 2): Route.REMOTE,
        (Kind.INCIDENT, 3): Route.REMOTE,
        (Kind.INCIDENT, 4): Route.HOTLINE,
        (Kind.SERVICE_REQUEST, 1): Route.ONSITE,
        (Kind.SERVICE_REQUEST, 2): Route.REMOTE,
        (Kind.SERVICE_REQUEST, 3): Route.HOTLINE,
        (Kind.SERVICE_REQUEST, 4): Route.HOTLINE,
    }
)
"""Route that a ticket begins with, by kind and level: hotline, then remote, then on site (§1.2.1, §1.2.4)."""
