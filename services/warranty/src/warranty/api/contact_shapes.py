"""What is told and shown of contacts."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.audit import AuditEntry
from common.context import Caller
from common.web.shapes import (
    Day,
    Flag,
    ListQuery,
    Maybe,
    OutInstant,
    OutShape,
    Page,
    Prose,
    Shape,
    Text,
    sortable,
)
from common.web.told import WITHOUT_SECRETS, Act, Reason, Words
from warranty.api.told import CustomerId, Written
from warranty.commands.erasure import Held
from warranty.domain.contacts import EMAIL, LIFECYCLE, ContactRole, ContactState, ErasureGround, PhoneKind
from warranty.domain.phones import Phone
from warranty.tables.contacts import Contact
from warranty.tables.directory import Customer

Language = Literal["zh-CN", "en"]
PersonName = Annotated[str, Text(200), Field(examples=["Li Wei"])]
Title = Annotated[str, Text(200), Field(examples=["Head of operations"])]
Department = Annotated[str, Text(200), Field(examples=["Data centre"])]
Email = Annotated[str, StringConstraints(pattern=EMAIL), Field(examples=["li.wei@bank.example"])]
Roles = Annotated[list[ContactRole], Field(max_length=len(ContactRole))]
Note = Annotated[str, Prose(2_000), WITHOUT_SECRETS, Field(examples=["Letter of authority of 1 March."])]
_NUMBER = Field(
    description="With its area code; an extension follows as `ext 8001`, `转 8001` or `#8001`.",
    examples=["+86 21 5888 8888 ext 8001"],
)
PhoneText = Annotated[str, Text(60, 3), _NUMBER]
Dialled = Annotated[str, StringConstraints(min_length=3, max_length=60), _NUMBER]
"""Of a query, where a plus that was not escaped arrives as a blank."""


class PhoneNumber(Shape):
    """A number under which a person is reached."""

    kind: PhoneKind = PhoneKind.MOBILE
    number: PhoneText


Phones = Annotated[list[PhoneNumber], Field(max_length=10)]


class ContactCreate(Shape):
    """A person of a customer."""

    customer_id: CustomerId
    site_id: Maybe[UUID] = None
    name: PersonName
    title: Maybe[Title] = None
    department: Maybe[Department] = None
    language: Annotated[Maybe[Language], Field(description="Left out: the customer's.")] = None
    roles: Roles = []
    phones: Phones = []
    email: Maybe[Email] = None
    note: Maybe[Note] = None


class ContactUpdate(Shape):
    """Corrections; a field left out stays, a list is replaced as a whole."""

    site_id: UUID | None = None
    name: Maybe[PersonName] = None
    title: Title | None = None
    department: Department | None = None
    language: Maybe[Language] = None
    roles: Maybe[Roles] = None
    phones: Maybe[Phones] = None
    email: Email | None = None
    note: Note | None = None


class AuthorizeContact(Act):
    """In which days the vendor takes reports of the contact, decided where its customer is."""

    from_on: Annotated[Maybe[Day], Field(alias="from", description="First day; left out: today.")] = None
    to_on: Annotated[
        Maybe[Day], Field(alias="to", description="Last day; left out: until it is withdrawn.")
    ] = None
    note: Annotated[Maybe[Note], Field(description="What it rests on; kept in the history.")] = None


class WithdrawAuthorization(Act):
    """Why the contact may no longer report."""

    reason: Reason


class EraseContact(Act):
    """Why a person's data goes, and the number of the request; free text might name the person again."""

    ground: ErasureGround
    reference: Maybe[Written] = None


class PhoneOut(OutShape):
    """A number as typed, and in the form by which it is found."""

    kind: PhoneKind
    number: str
    e164: Annotated[str, Field(examples=["+862158888888"])]
    extension: str


class ContactOut(OutShape):
    """A person of a customer; of an erased one the id and what others refer to."""

    shows_others: ClassVar[bool] = True  # whether it is authorised now

    id: UUID
    customer_id: UUID
    site_id: UUID | None
    state: ContactState
    state_changed_at: OutInstant
    allowed_actions: list[str]
    name: str | None
    title: str | None
    department: str | None
    language: str
    roles: list[ContactRole]
    phones: list[PhoneOut]
    email: str | None
    note: str | None
    is_authorized: Annotated[bool, Field(description="Whether the vendor takes its reports now (§1.2.4).")]
    authorized_from: Day | None
    authorized_to: Day | None
    authorized_by: str | None
    authorized_at: OutInstant | None
    erasure_ground: ErasureGround | None
    erasure_reference: str | None
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    def about(self) -> str:
        """The contact is the person."""
        return str(self.id)

    @classmethod
    def of(cls, row: Contact, caller: Caller, now: datetime) -> "ContactOut":
        """The contact as ``caller`` sees it at ``now``."""
        actions = LIFECYCLE.open_to(row.state, caller.roles, is_customer=caller.customer_id is not None)
        is_authorized = (
            row.authorized_from_at is not None
            and row.authorized_from_at <= now
            and (row.authorized_until_at is None or row.authorized_until_at > now)
        )
        return cls.model_validate({**vars(row), "allowed_actions": actions, "is_authorized": is_authorized})


class ContactPage(Page[ContactOut]):
    """A page of contacts."""


class ContactFilters(ListQuery):
    """Filters of the list of contacts."""

    customer_id: Maybe[UUID] = None
    site_id: Maybe[UUID] = None
    state: Maybe[ContactState] = None
    role: Maybe[ContactRole] = None
    email: Maybe[Email] = None
    is_authorized: Annotated[Maybe[Flag], Field(description="Whether it may report now.")] = None
    q: Words = None
    sort: Annotated[str, sortable("created_at")] = "-created_at"


class LookupQuery(BaseModel):
    """The number that is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: Dialled


class CallerCustomer(OutShape):
    """The organisation of a caller."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    tier: str
    time_zone: str
    language: str


class CallerOut(OutShape):
    """Somebody who may be calling, of which customer, and whether the vendor takes a report of them now."""

    contact: ContactOut
    customer: CallerCustomer
    is_authorized: bool
    is_same_extension: Annotated[
        bool, Field(description="Whether the extension asked for, or none, is this contact's.")
    ]


class LookupOut(OutShape):
    """Everybody who may be calling from a number: many at a switchboard, nobody where it is unknown."""

    phone: Annotated[str, Field(examples=["+862158888888"], description="The number in one form.")]
    extension: str
    callers: list[CallerOut]


class AuthorizationOut(OutShape):
    """An authorisation as it was given, and its end where it was withdrawn."""

    id: UUID
    contact_id: UUID
    from_on: Day
    to_on: Day | None
    note: str | None
    authorized_by: str
    authorized_at: OutInstant
    withdrawn_by: str | None
    withdrawn_at: OutInstant | None
    withdrawal_reason: str | None
    version: int


class AuthorizationPage(Page[AuthorizationOut]):
    """A page of authorisations."""


class AuthorizationFilters(ListQuery):
    """Paging of authorisations."""

    sort: Annotated[str, sortable("created_at")] = "-created_at"


class HistoryEntry(OutShape):
    """Something that was done to the contact, with the values that changed as far as they are kept."""

    at: OutInstant
    action: str
    actor_id: str
    version: int | None
    changes: Annotated[dict[str, list[Any]], Field(description="Field to old and new value.")]

    @classmethod
    def of(cls, entry: AuditEntry, changes: dict[str, list[Any]]) -> "HistoryEntry":
        """The entry with what stands behind its commitments."""
        return cls(
            at=entry.at,
            action=entry.action,
            actor_id=entry.actor_id,
            version=entry.resource_version,
            changes=changes,
        )


class ContactExport(OutShape):
    """Everything that is held of a person here."""

    exported_at: OutInstant
    contact: ContactOut
    authorizations: list[AuthorizationOut]
    history: list[HistoryEntry]

    @classmethod
    def of(cls, held: Held, caller: Caller, now: datetime) -> "ContactExport":
        """What is held, as it is handed out."""
        return cls(
            exported_at=now,
            contact=ContactOut.of(held.contact, caller, now),
            authorizations=[AuthorizationOut.model_validate(one) for one in held.authorizations],
            history=[HistoryEntry.of(entry, changes) for entry, changes in held.history],
        )


def told_contact(body: ContactCreate | ContactUpdate) -> dict[str, Any]:
    """Columns of a contact as they are told."""
    told = dict(body) if isinstance(body, ContactCreate) else body.changes()
    if "phones" in told:
        told["phones"] = [one.model_dump(mode="json") for one in told["phones"]]
    if "roles" in told:
        told["roles"] = list(dict.fromkeys(role.value for role in told["roles"]))
    return told


def caller_of(contact: Contact, customer: Customer, phone: Phone, caller: Caller, now: datetime) -> CallerOut:
    """Somebody who may be calling."""
    out = ContactOut.of(contact, caller, now)
    return CallerOut(
        contact=out,
        customer=CallerCustomer.model_validate(customer),
        is_authorized=out.is_authorized,
        is_same_extension=any(
            (one.e164, one.extension) == (phone.e164, phone.extension) for one in out.phones
        ),
    )
