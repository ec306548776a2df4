"""The registry of ticketing's rows."""

from typing import ClassVar

from sqlmodel import SQLModel

from common.rows import new_registry

TICKETING = new_registry()


class Row(SQLModel, registry=TICKETING):
    """Base of ticketing's rows."""

    __abstract__: ClassVar[bool] = True
