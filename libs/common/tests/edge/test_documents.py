"""The API document and the document of events: valid, complete and pleasant."""

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from common.asyncapi import asyncapi
from common.contracts import published_by
from common.openapi import operations, published
from common.scopes import ALL_SCOPES
from common.web.routes import Routes
from common.web.told import Act

from .sample import Total, sample_app


@pytest.fixture
def document(app):
    return app.openapi()


def operation(document, name):
    return next(found for _, _, found in operations(document) if found["operationId"] == name)


def test_valid(document):
    OpenAPIV31SpecValidator(document).validate()
    assert orjson.loads(orjson.dumps(document)) == document


def test_every_operation_is_secured_named_tagged_and_told(document):
    assert all(found.get("security") for _, _, found in operations(document))
    tags = {tag["name"] for tag in document["tags"]}
    names = [found["operationId"] for _, _, found in operations(document)]
    assert len(names) == len(set(names))
    for _, _, found in operations(document):
        assert set(found["tags"]) <= tags
        assert found["summary"]
        (scope,) = found["security"][0]["oauth2"]
        assert scope in ALL_SCOPES
        assert found["security"][1] == {"bearer": []}
        assert {"401", "403", "429", "503"} <= set(found["responses"])
    used = {scope for _, _, found in operations(document) for scope in found["security"][0]["oauth2"]}
    schemes = document["components"]["securitySchemes"]
    assert set(schemes["oauth2"]["flows"]["clientCredentials"]["scopes"]) == used


def test_refusals_are_problems(document):
    schemas = document["components"]["schemas"]
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)
    for _, _, found in operations(document):
        for status, answer in found["responses"].items():
            if status[0] in "45":
                content = answer["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_headers_that_are_read(document):
    def headers(name: str) -> dict[str, bool]:
        found = operation(document, name).get("parameters", ())
        return {header["name"]: header["required"] for header in found if header["in"] == "header"}

    assert headers("create_parcel") == {"Idempotency-Key": False}
    assert headers("send_parcel") == {"If-Match": False, "Idempotency-Key": False}
    assert headers("update_parcel") == {"If-Match": True}
    assert headers("delete_parcel") == {"If-Match": True}
    assert headers("get_parcel") == {"If-None-Match": False}
    assert headers("break_shelf") == {"Idempotency-Key": True}


def test_statuses_fit_the_kind_of_operation(document):
    def statuses(name: str) -> set[str]:
        return set(operation(document, name)["responses"]) - {"401", "403", "429", "503"}

    assert statuses("create_parcel") == {"201", "400", "408", "409", "413", "415", "422"}
    assert statuses("send_parcel") == {"200", "400", "404", "408", "409", "412", "413", "415", "422"}
    assert statuses("update_parcel") == {"200", "400", "404", "408", "409", "412", "413", "415", "422", "428"}
    assert statuses("delete_parcel") == {"204", "400", "404", "409", "412", "428"}
    assert statuses("get_parcel") == {"200", "304", "404"}
    assert statuses("list_parcels") == {"200", "400", "422"}
    assert statuses("total_parcels") == {"200", "400", "408", "413", "415", "422"}


def test_optional_fields_are_plain(document):
    create = document["components"]["schemas"]["ParcelCreate"]
    assert create["additionalProperties"] is False
    assert create["properties"]["occurred_at"]["type"] == "string"
    assert "default" not in create["properties"]["occurred_at"]
    assert "anyOf" in create["properties"]["note"]
    assert set(create["required"]) == {"customer_id", "reference", "weight_grams"}
    assert operation(document, "send_parcel")["requestBody"]["required"] is False
    assert operation(document, "create_parcel")["requestBody"]["required"] is True


def test_links_lead_on_from_what_was_created(document):
    links = operation(document, "create_parcel")["responses"]["201"]["links"]
    assert set(links) == {"GetParcel", "SendParcel", "UpdateParcel"}
    filled = {"path.parcel_id": "$response.body#/id", "header.If-Match": "$response.header.ETag"}
    assert links["UpdateParcel"] == {"operationId": "update_parcel", "parameters": filled}


def test_an_operation_nobody_may_call_does_not_start(database, settings, watch):
    odd = Routes("odd", "Odd.")
    odd.compute("/v1/odd:count", "odd.read", Total)(_count)
    with pytest.raises(ValueError, match="_count"):
        sample_app(database, settings, watch, routes=[odd])


def test_a_name_used_twice_does_not_start(database, settings, watch):
    odd = Routes("odd", "Odd.")
    for path in ("/v1/odd:count", "/v1/even:count"):
        odd.compute(path, "tickets.read", Total)(_count)
    with pytest.raises(ValueError, match="twice"):
        sample_app(database, settings, watch, routes=[odd])


async def _count(work):
    """Count."""


class TestAsyncApi:
    told = asyncapi(
        service="sla",
        title="Events",
        version="1",
        publishes=published_by("sla"),
        hears=published_by("ticketing"),
    )

    def test_every_event_has_its_message_and_schema(self):
        names = {event.bus_type() for event in (*published_by("sla"), *published_by("ticketing"))}
        assert set(self.told["components"]["messages"]) == names == set(self.told["components"]["schemas"])
        for schema in self.told["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)

    def test_every_reference_leads_somewhere(self):
        def refs(node):
            if isinstance(node, dict):
                for key, value in node.items():
                    if key == "$ref" and value.startswith("#/") and not value.startswith("#/$defs"):
                        yield value
                    yield from refs(value)
            elif isinstance(node, list):
                for item in node:
                    yield from refs(item)

        found = set(refs(self.told))
        assert found
        for ref in found:
            node = self.told
            for part in ref.removeprefix("#/").split("/"):
                node = node[part]

    def test_operations(self):
        sends = {name: one for name, one in self.told["operations"].items() if one["action"] == "send"}
        hears = {name: one for name, one in self.told["operations"].items() if one["action"] == "receive"}
        assert all(name.startswith("publish") for name in sends)
        assert {one["bindings"]["kafka"]["groupId"]["const"] for one in hears.values()} == {"sla"}
        channels = {channel["address"] for channel in self.told["channels"].values()}
        assert channels == {event.topic for event in (*published_by("sla"), *published_by("ticketing"))}


async def test_a_problems_type_leads_to_its_page(client):
    refused = await client.get("/v1/nowhere", headers={"Authorization": ""})
    page = await client.get(refused.json()["type"], headers={"Authorization": ""})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<code>not-found</code>" in page.text
    for text in ("未找到", "请检查编号", "Not found", "Check the id."):
        assert text in page.text
    unknown = await client.get("/problems/no-such-code")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


def test_the_document_says_what_the_edge_demands(document):
    """Names of vocabularies, the form of entity tags and the years that clocks count in."""
    parameters = operation(document, "get_depot_vocabulary")["parameters"]
    (name,) = (one["schema"] for one in parameters if one["name"] == "name")
    assert "parcel_state" in name["enum"]
    parameters = operation(document, "send_parcel")["parameters"]
    (version,) = (one["schema"] for one in parameters if one["name"] == "If-Match")
    assert version["format"] == "entity-tag"
    told = Act.model_json_schema()["properties"]["occurred_at"]
    assert not Draft202012Validator(told).is_valid("2200-01-01T00:00:00Z")
    assert Draft202012Validator(told).is_valid("2199-12-31T00:00:00Z")


def test_keys_with_a_pattern_are_the_only_ones():
    told = published(
        {
            "paths": {},
            "components": {"schemas": {"Week": {"patternProperties": {"^mon$": {"type": "string"}}}}},
        }
    )
    assert not Draft202012Validator(told["components"]["schemas"]["Week"]).is_valid({"U": "09:00"})
