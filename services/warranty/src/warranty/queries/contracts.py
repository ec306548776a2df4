"""Questions about contracts."""

from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import col

from warranty.queries.single import narrowed
from warranty.tables.contracts import Contract


def contracts(*, in_force_on: date | None = None, **told: Any) -> Select[Contract]:  # noqa: ANN401 - values of filters
    """Contracts by customer, state, number, and the day on which they were in force."""
    found = narrowed(select(Contract), Contract, told)
    if in_force_on is None:
        return found
    return found.where(
        col(Contract.state) != "draft",
        col(Contract.starts_on) <= in_force_on,
        or_(col(Contract.ends_on).is_(None), col(Contract.ends_on) >= in_force_on),
    )
