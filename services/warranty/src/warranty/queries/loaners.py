"""Questions about loaners."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, cast, func, select
from sqlmodel import col

from warranty.domain.loaners import LoanerState
from warranty.queries.single import narrowed
from warranty.tables.directory import Customer
from warranty.tables.loaners import Loaner

WIDEST_OFFSET = timedelta(hours=14)
"""No time zone is further ahead of UTC."""


def loaners(
    *,
    due_before: date | None = None,
    **told: Any,  # noqa: ANN401 - values of filters
) -> Select[Loaner]:
    """Loaners by customer, site, part, claim, ticket, state and whether they are overdue."""
    found = narrowed(select(Loaner), Loaner, told)
    return found if due_before is None else found.where(col(Loaner.due_on) < due_before)


def overdue(now: datetime) -> Select[Loaner]:
    """Loaners whose due day is over in their customer's time zone, of which nobody was told yet."""
    today = cast(func.timezone(col(Customer.time_zone), now), Date)
    return (
        select(Loaner)
        .join(Customer, col(Customer.id) == col(Loaner.customer_id))
        .where(
            col(Loaner.state) == LoanerState.LENT.value,
            ~col(Loaner.is_overdue),
            col(Loaner.due_on) < (now + WIDEST_OFFSET).date(),
            col(Loaner.due_on) < today,
        )
        .order_by(col(Loaner.due_on), col(Loaner.id))
    )
