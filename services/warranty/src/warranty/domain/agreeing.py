"""A customer's word that the vendor's desk writes down names whose it was (§1.2.5)."""

from common.errors import Invalid


def check_named(accepted_by: str | None, *, is_customer: bool) -> None:
    """The desk cannot agree for the customer: it says who at the customer's did.

    Raises:
        Invalid: ``agreement-unnamed``.
    """
    if not is_customer and not accepted_by:
        raise Invalid("agreement-unnamed", pointer="#/accepted_by")
