"""Field types and bodies that ticketing's requests share."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.web.shapes import Prose, Text

Title = Annotated[str, Text(200), Field(examples=["Core switch at the branch is down"])]
Description = Annotated[str, Prose(20_000), Field(examples=["No counter can reach the host since 09:40."])]
Severity = Annotated[int, Field(ge=1, le=4, description="Fault level, 1 the gravest.", examples=[1])]
EngineerId = Annotated[UUID, Field(examples=["018f3a52-6c1e-7d5b-9a53-0f6f3f1c2a11"])]
