"""The registry of warranty's rows and their base."""

from typing import ClassVar

from sqlmodel import SQLModel

from common.rows import new_registry

WARRANTY = new_registry()


class Row(SQLModel, registry=WARRANTY):
    """Base of warranty's rows."""

    __abstract__: ClassVar[bool] = True
