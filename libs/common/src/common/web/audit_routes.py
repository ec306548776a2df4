"""The audit trail over HTTP: entries, signed heads, and a check of the whole chain."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy import Select, select
from starlette.responses import Response

from common.audit import AuditEntry, CheckpointRow
from common.audit.chain import Verdict, verify
from common.audit.heads import OutsideNotes
from common.audit.notes import BadNote, Checkpoint, Signer, open_note
from common.db import Session
from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import Instant, ListQuery, Maybe, OutInstant, OutShape, Page, Text, sortable
from common.web.work import Work

Name = Annotated[str, Text(200)]


class AuditActor(OutShape):
    """Who acted."""

    type: str
    id: str
    client_id: str


class AuditResource(OutShape):
    """What was acted on."""

    type: str
    id: str
    version: int | None


class AuditEntryOut(OutShape):
    """One act; `seq` and `hash` are null until it is sealed into the chain, within a second."""

    id: UUID
    seq: int | None
    at: OutInstant
    actor: AuditActor
    action: Annotated[str, Field(examples=["ticket.resolve"])]
    resource: AuditResource
    outcome: str
    reason: str | None
    request_id: str
    trace_id: str
    changes: Annotated[dict[str, list[Any]], Field(description="Field to old and new value.")]
    hash: Annotated[
        str | None, Field(description="SHA-256 over the previous hash and this entry, hexadecimal.")
    ]

    @classmethod
    def of(cls, row: AuditEntry) -> "AuditEntryOut":
        """The entry in ``row``."""
        return cls(
            id=row.id,
            seq=row.seq,
            at=row.at,
            actor=AuditActor(type=row.actor_type, id=row.actor_id, client_id=row.client_id),
            action=row.action,
            resource=AuditResource(type=row.resource_type, id=row.resource_id, version=row.resource_version),
            outcome=row.outcome,
            reason=row.reason,
            request_id=row.request_id,
            trace_id=row.trace_id,
            changes=row.changes,
            hash=row.hash.hex() if row.hash else None,
        )


class AuditEntryPage(Page[AuditEntryOut]):
    """A page of the trail."""


class AuditCheckpointOut(OutShape):
    """A signed head of the chain, in C2SP form."""

    size: Annotated[int, Field(description="Entries in the chain then.")]
    at: OutInstant
    note: str


class AuditCheckpointPage(Page[AuditCheckpointOut]):
    """A page of signed heads."""


class AuditVerdictOut(OutShape):
    """What a check of the whole chain found."""

    is_intact: bool
    checked: Annotated[int, Field(description="Entries that fit.")]
    broken_seq: Annotated[int | None, Field(description="First place where the chain does not hold.")]
    reason: Annotated[
        str | None, Field(examples=["altered"], description="missing, altered, cut_off, checkpoint")
    ]
    head: str
    unsealed: int
    checkpoints: Annotated[int, Field(description="Signed heads that were compared.")]
    unpublished: Annotated[
        int, Field(description="Entries behind the last of these heads, for which only the chain vouches.")
    ]
    compared_with: Annotated[
        list[Literal["database", "file", "bus"]],
        Field(description="Where these heads are kept; a place that is not at hand is missing."),
    ]

    @classmethod
    def of(cls, verdict: Verdict, places: Iterable[str]) -> "AuditVerdictOut":
        """The verdict as told to clients."""
        return cls(
            is_intact=verdict.is_intact,
            checked=verdict.checked,
            broken_seq=verdict.broken_seq,
            reason=verdict.reason,
            head=verdict.head.hash.hex(),
            unsealed=verdict.unsealed,
            checkpoints=verdict.checkpoints,
            unpublished=verdict.unpublished,
            compared_with=list(places),
        )


class AuditQuery(ListQuery):
    """Filters of the trail."""

    resource_type: Maybe[Name] = None
    resource_id: Maybe[Name] = None
    actor_id: Maybe[Name] = None
    action: Maybe[Name] = None
    at_after: Annotated[Maybe[Instant], Field(description="At this instant or later.")] = None
    at_before: Annotated[Maybe[Instant], Field(description="Before this instant.")] = None
    sort: Annotated[str, sortable("id")] = "-id"


class CheckpointQuery(ListQuery):
    """Paging of signed heads."""

    sort: Annotated[str, sortable("size")] = "-size"


_ENTRIES = Sorts(AuditEntry.id, {"id": AuditEntry.id})
_HEADS = Sorts(CheckpointRow.size, {"size": CheckpointRow.size})


def _matching(asked: AuditQuery) -> Select[AuditEntry]:
    query: Select[AuditEntry] = select(AuditEntry)
    for name in ("resource_type", "resource_id", "actor_id", "action"):
        wanted = getattr(asked, name)
        if wanted is not None:
            query = query.where(getattr(AuditEntry, name) == wanted)
    if asked.at_after is not None:
        query = query.where(AuditEntry.at >= asked.at_after)  # type: ignore[arg-type]
    if asked.at_before is not None:
        query = query.where(AuditEntry.at < asked.at_before)  # type: ignore[arg-type]
    return query


def audit_routes(service: str, signer: Signer, heads: OutsideNotes) -> Routes:
    """The operations on a service's trail.

    Args:
        service: its name.
        signer: whose signature published heads must carry.
        heads: reads those that are kept outside the database.
    """
    routes = Routes("audit", "Who did what: a chain of hashes with signed heads, and its verification.")

    async def list_entries(work: Work, asked: Annotated[AuditQuery, Query()]) -> Response:
        """Entries of the audit trail."""
        return await work.page(_matching(asked), _ENTRIES, asked, AuditEntryOut.of)

    async def list_checkpoints(work: Work, asked: Annotated[CheckpointQuery, Query()]) -> Response:
        """Signed heads of the audit trail."""
        return await work.page(select(CheckpointRow), _HEADS, asked, AuditCheckpointOut.model_validate)

    async def verify_entries(work: Work) -> Response:
        """Check the whole chain against its hashes and the signed heads inside and outside the database."""
        outside = await heads()
        return await work.read(
            lambda session: _verify(session, signer, outside),
            lambda verdict: AuditVerdictOut.of(verdict, ("database", *outside)),
        )

    for kind, path, answers, endpoint in (
        (routes.list, "/v1/audit-entries", AuditEntryPage, list_entries),
        (routes.list, "/v1/audit-checkpoints", AuditCheckpointPage, list_checkpoints),
        (routes.compute, "/v1/audit-entries:verify", AuditVerdictOut, verify_entries),
    ):
        endpoint.__name__ = _name(service, path)
        kind(path, "audit.read", answers)(endpoint)
    return routes


def _name(service: str, path: str) -> str:
    thing = path.removeprefix("/v1/").partition(":")[0].replace("-", "_")
    return f"{'verify' if path.endswith(':verify') else 'list'}_{service}_{thing}"


async def _verify(session: Session, signer: Signer, outside: Mapping[str, Sequence[str]]) -> Verdict:
    stored = (await session.execute(select(CheckpointRow.note))).scalars()  # type: ignore[call-overload]
    notes = dict.fromkeys(chain(stored, *outside.values()))
    connection = await session.connection()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return await verify(driver, [_opened(note, signer) for note in notes])


def _opened(note: str, signer: Signer) -> Checkpoint:
    """The head in a note; a note that our key has not signed stands for a head that cannot fit."""
    try:
        return open_note(note, signer.public_key)
    except BadNote:
        return Checkpoint("", 1, b"")
