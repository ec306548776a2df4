"""Comments on tickets."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.paging import Sorts
from common.web.routes import Routes
from common.web.shapes import ListQuery, OutInstant, OutShape, Page, Prose, Shape, sortable
from common.web.work import Work
from ticketing.commands import comments as commands
from ticketing.queries import tickets as queries
from ticketing.tables import Comment

routes = Routes("comments", "Remarks on tickets, public to the customer or internal to the vendor.")

SORTS = Sorts(Comment.id, {"created_at": Comment.created_at})
PATH = "/v1/tickets/{ticket_id:uuid}/comments"

Visibility = Literal["public", "internal"]


class CommentCreate(Shape):
    """A remark; secrets typed into it are masked before it is kept."""

    body: Annotated[str, Prose(20_000), Field(examples=["Spare module is on its way."])]
    visibility: Visibility = "public"


class CommentOut(OutShape):
    """A remark."""

    id: UUID
    ticket_id: UUID
    body: str
    visibility: Visibility
    masked_secrets: Annotated[list[str], Field(description="Kinds of secrets that were masked in the text.")]
    version: int
    created_at: OutInstant
    created_by: str


class CommentPage(Page[CommentOut]):
    """A page of comments."""


class CommentQuery(ListQuery):
    """Paging of comments."""

    sort: Annotated[str, sortable("created_at")] = "created_at"


@routes.create(PATH, "comments.write", CommentOut, refuses=(403,))
async def create_ticket_comment(work: Work, ticket_id: UUID, body: CommentCreate) -> Response:
    """Comment on a ticket."""
    return await work.write(
        lambda s: commands.add(s, ticket_id, work.at(), body=body.body, visibility=body.visibility),
        CommentOut.model_validate,
        status=201,
    )


@routes.list(PATH, "comments.read", CommentPage)
async def list_ticket_comments(
    work: Work, ticket_id: UUID, filters: Annotated[CommentQuery, Query()]
) -> Response:
    """Comments on a ticket that the caller may read."""
    return await work.page(
        queries.comments(ticket_id),
        SORTS,
        filters,
        CommentOut.model_validate,
        given=lambda s: queries.ensure(s, ticket_id),
    )
