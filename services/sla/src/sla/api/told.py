"""Field types that sla's requests and answers share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from common.web.shapes import Instant, Maybe, Shape, Slug, Text

Titles = Annotated[
    dict[str, Annotated[str, Text(200)]],
    Field(min_length=1, max_length=10, examples=[{"zh-CN": "投诉受理时间", "en": "Complaint desk hours"}]),
]
CalendarId = Annotated[Slug, Field(examples=["complaint-desk"])]
PlanId = Annotated[Slug, Field(examples=["reference"])]
AsOf = Annotated[
    Maybe[Instant],
    Field(description="The moment as of which the answer is given, by what was known then. Left out: now."),
]
TARGET_EXAMPLES: list[Any] = [{"hours": 2}, {"minutes": 30}, {"working_days": 5}]


class Asked(BaseModel):
    """Base of query parameters of one thing; those that are not known are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Shape):
    """An action that needs nothing."""
