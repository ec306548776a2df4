"""Every operation of ticketing and sla, asked by organisation B about organisation A's things."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from aftercare.tokens import Bearer, issue
from common.processes import document_of
from tests.stories.conftest import SERVICES
from tests.stories.town import Town

MATRIX = ("ticketing", "sla")
DOCUMENTS = {
    name: json.loads(document_of(service, "openapi")) for name, service in SERVICES.items() if name in MATRIX
}
VERBS = ("get", "post", "put", "patch", "delete")
ROLES = ("customer", "manager")


def sample(service: str, schema: dict[str, Any]) -> Any:  # noqa: PLR0911 - one way per kind of schema
    """A value that the schema accepts, with as little in it as may be."""
    if "$ref" in schema:
        return sample(service, DOCUMENTS[service]["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if schema.get("examples"):
        return schema["examples"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return sample(service, schema[choice][0])
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if "allOf" in schema:
        return sample(service, schema["allOf"][0])
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {name: sample(service, fields[name]) for name in schema.get("required", ())}
    if kind == "array":
        return [sample(service, schema["items"]) for _ in range(schema.get("minItems", 0))]
    plain = {"string": "text", "integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}
    formats = {"uuid": str(uuid4()), "date-time": "2027-01-01T00:00:00Z", "date": "2027-01-01"}
    return formats.get(schema.get("format", ""), plain.get(str(kind)))


def operations() -> list[tuple[str, str, str]]:
    """Service, method and path of everything that may be asked."""
    return [
        (service, verb, path)
        for service, document in DOCUMENTS.items()
        for path, item in document["paths"].items()
        for verb in VERBS
        if verb in item
    ]


@pytest.fixture
async def things(town: Town) -> dict[str, str]:
    """What organisation A has, by the name of the path's parameter."""
    case = await town.open(locality="local", title="only for organisation A")
    await case.act("acknowledge")
    await case.remote_session("failed", minutes=20)
    await town.later(hours=2)
    comment = {"visibility": "public", "body": "only for organisation A"}
    ids = {"ticket_id": case.ticket["id"]}
    told = await town.do("ticketing", "POST", f"{case.path}/comments", comment)
    ids["comment_id"] = told["id"]
    for name, path in {
        "session_id": f"{case.path}/support-sessions",
        "consent_id": f"{case.path}/consents",
        "escalation_id": f"{case.path}/escalations",
        "visit_id": f"/v1/visits?ticket_id={ids['ticket_id']}",
    }.items():
        ids[name] = (await town.do("ticketing", "GET", path))["items"][0]["id"]
    line = {"kind": "travel", "description": "train", "unit_price": {"amount": "1", "currency": "CNY"}}
    ids["charge_id"] = (await town.do("ticketing", "POST", f"{case.path}/charges", line))["id"]
    ids["clock_id"] = (await case.clock("onsite"))["id"]
    agreement = {
        "customer_id": str(town.customer),
        "plan_id": "reference",
        "starts_at": town.clock.now.isoformat(),
    }
    ids["agreement_id"] = (await town.do("sla", "POST", "/v1/agreements", agreement))["id"]
    return ids


async def _held(town: Town) -> list[Any]:
    """Everything that must stay as it is."""
    tables = ("ticket", "visit", "comment", "consent", "support_session", "escalation", "charge")
    found = [await town.rows("ticketing", f"SELECT id, version FROM {table} ORDER BY id") for table in tables]
    found.append(await town.rows("sla", "SELECT id, version FROM clock ORDER BY id"))
    found.append(await town.rows("sla", "SELECT id, version FROM agreement ORDER BY id"))
    return found


@pytest.mark.parametrize("town", ["plain"], indirect=True)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_gets_at_another_organisations_things(town: Town, things: dict[str, str], role: str):
    stranger = Bearer("li", [role], customer_id=UUID(int=0xB))
    before, wrong = await _held(town), []
    for service, verb, path in operations():
        item = DOCUMENTS[service]["paths"][path][verb]
        is_theirs = any(f"{{{name}}}" in path for name in things)
        filled = path
        for name, value in things.items():
            filled = filled.replace(f"{{{name}}}", value)
        if "{" in filled or (verb != "get" and not is_theirs):
            continue
        token = issue(stranger, town.keys.issuer_key(), now=town.clock.now)
        headers = {"Authorization": f"Bearer {token}", "If-Match": "*"}
        content = item.get("requestBody", {}).get("content", {}).get("application/json")
        body = None if content is None else sample(service, content["schema"])
        answer = await town.houses[service].http.request(verb, filled, json=body, headers=headers)
        shown = answer.text.replace(filled, "")
        if is_theirs and answer.status_code not in (403, 404):
            wrong.append(f"{verb} {path}: {answer.status_code} {answer.text[:300]}")
        elif answer.status_code >= 500 or any(value in shown for value in things.values()):
            wrong.append(f"{verb} {path} shows: {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)
    assert await _held(town) == before


def test_the_matrix_reaches_every_kind_of_thing():
    """A parameter that nobody fills would leave its operations out."""
    known = {"ticket_id", "comment_id", "session_id", "consent_id", "escalation_id", "visit_id", "clock_id"}
    known |= {"charge_id"}
    shared = {"agreement_id", "calendar_id", "plan_id", "name", "revision", "parked_id", "recomputation_id"}
    used = {
        part[1:].partition("}")[0] for _, _, path in operations() for part in path.split("/") if "{" in part
    }
    assert used <= known | shared, used - known - shared
