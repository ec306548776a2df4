"""Plans: drafted from YAML or JSON, checked, published as revisions, exported."""

from typing import Annotated, Any

import orjson
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from common.db import Session
from common.paging import Sorts
from common.web.refusals import BadRequest
from common.web.routes import Routes
from common.web.shapes import ListQuery, Maybe, OutInstant, OutShape, Page, sortable
from common.web.work import Work
from sla.api.told import Asked, Nothing
from sla.commands import plans as commands
from sla.domain.plans import Reading
from sla.plan_files import read_text, write_text
from sla.queries import plans as queries
from sla.queries.worlds import plan_of
from sla.tables import Plan, PlanRevision

routes = Routes(
    "plans", "Promises as data: commitments with events, targets, calendars and escalation steps."
)
PATH = "/v1/plans/{plan_id:slug}"
SORTS = Sorts(Plan.id, {"created_at": Plan.created_at})
VERSION_SORTS = Sorts(PlanRevision.id, {"published_at": PlanRevision.published_at})
JSON, YAML = "application/json", "application/yaml"
MEDIA = (JSON, YAML)


class PlanOut(OutShape):
    """A plan."""

    id: str
    titles: dict[str, str]
    revision: Annotated[int | None, Field(description="The revision in force; null before the first.")]
    has_draft: bool
    draft: Annotated[dict[str, Any] | None, Field(description="What the next revision will say.")]
    version: int
    created_at: OutInstant
    updated_at: OutInstant
    created_by: str
    updated_by: str

    @classmethod
    def of(cls, row: Plan) -> "PlanOut":
        """The plan."""
        return cls.model_validate(vars(row) | {"has_draft": row.draft is not None})


class PlanPage(Page[PlanOut]):
    """A page of plans."""


class PlanVersionOut(OutShape):
    """A published revision of a plan; it never changes."""

    plan_id: str
    revision: int
    document: dict[str, Any]
    published_at: OutInstant
    published_by: str


class PlanVersionPage(Page[PlanVersionOut]):
    """A page of revisions."""


class PlanFilters(ListQuery):
    """The list of plans."""

    sort: Annotated[str, sortable("created_at")] = "created_at"


class PlanVersionFilters(ListQuery):
    """The list of revisions."""

    sort: Annotated[str, sortable("published_at")] = "-published_at"


class ExportQuery(Asked):
    """Which revision to export."""

    revision: Annotated[
        Maybe[Annotated[int, Field(ge=1, le=1_000_000)]], Field(description="Left out: the one in force.")
    ] = None


class PlanExportOut(OutShape):
    """A revision of a plan as the file it can be loaded from."""

    plan_id: str
    revision: int
    file_name: str
    text: Annotated[str, Field(description="YAML.")]


NOTHING = Nothing()


@routes.list("/v1/plans", "plans.read", PlanPage)
async def list_plans(work: Work, filters: Annotated[PlanFilters, Query()]) -> Response:
    """All plans."""
    return await work.page(queries.plans(), SORTS, filters, PlanOut.of)


@routes.create("/v1/plans", "plans.write", PlanOut, conflicts=True, media=MEDIA, refuses=(400, 413, 415, 422))
async def create_plan(work: Work) -> Response:
    """Draft a new plan from YAML or JSON; all that is wrong with it is told at once, with line and reason."""
    reading, source = await _read(work)
    return await work.write(lambda s: commands.draft(s, reading, source, work.now), PlanOut.of, status=201)


@routes.get(PATH, "plans.read", PlanOut)
async def get_plan(work: Work, plan_id: str) -> Response:
    """One plan with its draft."""
    return await work.read(lambda s: queries.one(s, plan_id), PlanOut.of)


@routes.put(f"{PATH}/draft", "plans.write", PlanOut, media=MEDIA, refuses=(400, 413, 415, 422))
async def replace_plan_draft(work: Work, plan_id: str) -> Response:
    """Draft the next revision of a plan from YAML or JSON, in place of the draft there is."""
    reading, source = await _read(work)
    return await work.write(
        lambda s: commands.redraft(s, plan_id, reading, source, version=work.if_match, now=work.now),
        PlanOut.of,
    )


@routes.action(f"{PATH}:publish", "plans.write", PlanOut, refuses=(422,))
async def publish_plan(work: Work, plan_id: str, body: Nothing = NOTHING) -> Response:  # noqa: ARG001
    """Put the draft in force; running clocks move to it in the background."""
    return await work.write(
        lambda s: commands.publish(s, plan_id, version=work.if_match, now=work.now), PlanOut.of
    )


@routes.list(f"{PATH}/versions", "plans.read", PlanVersionPage)
async def list_plan_versions(
    work: Work, plan_id: str, filters: Annotated[PlanVersionFilters, Query()]
) -> Response:
    """The published revisions of a plan, latest first."""
    return await work.page(
        queries.revisions(plan_id),
        VERSION_SORTS,
        filters,
        PlanVersionOut.model_validate,
        given=lambda s: queries.ensure(s, plan_id),
    )


@routes.get(f"{PATH}/export", "plans.read", PlanExportOut)
async def export_plan(work: Work, plan_id: str, asked: Annotated[ExportQuery, Query()]) -> Response:
    """A published revision as YAML text; `Accept: application/yaml` asks for the file itself."""

    async def find(session: Session) -> PlanExportOut | None:
        row = await queries.revision(session, plan_id, asked.revision)
        return None if row is None else _exported(row)

    answer = await work.read(find, lambda out: out)
    if YAML not in work.headers.get("accept", ""):
        return answer
    told = orjson.loads(answer.body)
    headers = {"content-disposition": f'attachment; filename="{told["file_name"]}"'}
    return Response(told["text"], media_type=YAML, headers=headers)


def _exported(row: PlanRevision) -> PlanExportOut:
    text = write_text(plan_of(row.document, row.plan_id))
    name = f"{row.plan_id}-{row.revision}.yaml"
    return PlanExportOut(plan_id=row.plan_id, revision=row.revision, file_name=name, text=text)


async def _read(work: Work) -> tuple[Reading, str]:
    """The plan in the request's body, and the text it was read from.

    Raises:
        BadRequest: the body is not UTF-8, or declared as JSON and none.
    """
    body = await work.body()
    is_yaml = work.headers.get("content-type", JSON).partition(";")[0].strip().lower() == YAML
    try:
        if not is_yaml:
            orjson.loads(body)
        text = body.decode()
    except ValueError as error:
        raise BadRequest("malformed-json") from error
    return read_text(text), text
