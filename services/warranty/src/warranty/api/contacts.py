"""Contacts: people of customers, found by their number, authorised to report, forgotten on request."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.work import Work
from warranty.api.contact_shapes import (
    AuthorizationFilters,
    AuthorizationOut,
    AuthorizationPage,
    AuthorizeContact,
    ContactCreate,
    ContactExport,
    ContactFilters,
    ContactOut,
    ContactPage,
    ContactUpdate,
    EraseContact,
    LookupOut,
    LookupQuery,
    WithdrawAuthorization,
    caller_of,
    told_contact,
)
from warranty.commands import contacts as commands
from warranty.commands import erasure
from warranty.domain.phones import read_phone
from warranty.policy import LOOKUP_LIMIT, NUMBERING
from warranty.queries import contacts as queries
from warranty.queries.single import one
from warranty.tables.contacts import Contact, ContactAuthorization

routes = Routes("contacts", "People of customers: who calls, whether they may report, and their data.")

SORTS = Sorts(Contact.id, {"created_at": Contact.created_at})
HISTORY_SORTS = Sorts(ContactAuthorization.id, {"created_at": ContactAuthorization.created_at})
PATH = "/v1/contacts/{contact_id:uuid}"


@routes.create("/v1/contacts", "customers.write", ContactOut, conflicts=True)
async def create_contact(work: Work, body: ContactCreate) -> Response:
    """Make a contact known."""
    return await work.write(
        lambda s: commands.create(s, told_contact(body), work.at()),
        lambda row: ContactOut.of(row, work.caller, work.now),
        status=201,
    )


@routes.list("/v1/contacts", "customers.read", ContactPage)
async def list_contacts(work: Work, filters: Annotated[ContactFilters, Query()]) -> Response:
    """Contacts by filter, the latest first."""
    found = queries.contacts(**filters.told(), now=work.now)
    return await work.page(found, SORTS, filters, lambda row: ContactOut.of(row, work.caller, work.now))


@routes.get("/v1/contacts:lookup", "customers.read", LookupOut)
async def lookup_contacts(work: Work, asked: Annotated[LookupQuery, Query()]) -> Response:
    """Who may be calling from a number, and whether they may report now."""
    # a plus sign that the client did not escape arrives as a blank
    number = f"+{asked.phone.lstrip()}" if asked.phone.startswith(" ") else asked.phone
    phone = read_phone(number, NUMBERING)
    return await work.read(
        lambda s: queries.by_phone(s, phone, LOOKUP_LIMIT, work.now),
        lambda found: LookupOut(
            phone=phone.e164,
            extension=phone.extension,
            callers=[caller_of(*both, phone, work.caller, work.now) for both in found],
        ),
    )


@routes.get(PATH, "customers.read", ContactOut)
async def get_contact(work: Work, contact_id: UUID) -> Response:
    """One contact."""
    return await work.read(
        lambda s: one(s, Contact, contact_id), lambda row: ContactOut.of(row, work.caller, work.now)
    )


@routes.patch(PATH, "customers.write", ContactOut)
async def update_contact(work: Work, contact_id: UUID, body: ContactUpdate) -> Response:
    """Correct what is known of a contact."""
    return await work.write(
        lambda s: commands.update(s, contact_id, told_contact(body), work.at()),
        lambda row: ContactOut.of(row, work.caller, work.now),
    )


@routes.action(f"{PATH}:authorize", "customers.write", ContactOut, refuses=(403,))
async def authorize_contact(work: Work, contact_id: UUID, body: AuthorizeContact) -> Response:
    """Take the contact's reports in these days."""
    return await work.write(
        lambda s: commands.authorize(
            s,
            contact_id,
            work.at(body.occurred_at),
            from_on=body.from_on,
            to_on=body.to_on,
            note=body.note,
        ),
        lambda row: ContactOut.of(row, work.caller, work.now),
    )


@routes.action(f"{PATH}:withdrawAuthorization", "customers.write", ContactOut, refuses=(403,))
async def withdraw_contact_authorization(
    work: Work, contact_id: UUID, body: WithdrawAuthorization
) -> Response:
    """Take no more reports of the contact."""
    return await work.write(
        lambda s: commands.withdraw_authorization(
            s, contact_id, work.at(body.occurred_at), reason=body.reason
        ),
        lambda row: ContactOut.of(row, work.caller, work.now),
    )


@routes.list(f"{PATH}/authorizations", "customers.read", AuthorizationPage)
async def list_contact_authorizations(
    work: Work, contact_id: UUID, filters: Annotated[AuthorizationFilters, Query()]
) -> Response:
    """Every authorisation that the contact was given, the latest first."""
    return await work.page(
        queries.authorizations(contact_id),
        HISTORY_SORTS,
        filters,
        AuthorizationOut.model_validate,
        given=lambda s: queries.ensure(s, contact_id),
    )


@routes.action(
    f"{PATH}:export", "exports.write", ContactExport, idempotency="none", if_match="none", conflicts=False
)
async def export_contact(work: Work, contact_id: UUID) -> Response:
    """Everything that is held of a person here; that it was handed out goes on record."""
    return await work.write(
        lambda s: erasure.export(s, contact_id, work.at()),
        lambda held: ContactExport.of(held, work.caller, work.now),
    )


@routes.action(f"{PATH}:erase", "customers.write", ContactOut, refuses=(403,))
async def erase_contact(work: Work, contact_id: UUID, body: EraseContact) -> Response:
    """Forget the person behind a contact for good; its id and the records that name it stay."""
    return await work.write(
        lambda s: erasure.erase(
            s, contact_id, work.at(body.occurred_at), ground=body.ground, reference=body.reference
        ),
        lambda row: ContactOut.of(row, work.caller, work.now),
    )
