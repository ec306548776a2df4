"""The way to warranty's API: what it asks, how it reads the answers, and what counts as not reached."""

from datetime import date
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from common.context import system
from common.db import Database, TransactionOpen
from ticketing.domain.directory import AssetFacts, ContactFacts, CustomerFacts, SiteFacts, Sort
from ticketing.gateways import Unreachable, WarrantyDirectory
from ticketing.main import gateways
from ticketing.settings import Settings

CUSTOMER, SITE, ASSET, CONTACT = (UUID(int=n) for n in range(1, 5))
THINGS = {
    f"/v1/customers/{CUSTOMER}": {"id": str(CUSTOMER), "version": 4, "time_zone": "Asia/Shanghai"},
    f"/v1/sites/{SITE}": {
        "id": str(SITE),
        "version": 2,
        "customer_id": str(CUSTOMER),
        "locality": "local",
        "distance_km": 3.5,
        "position": {"latitude": 31.0, "longitude": 121.0},
    },
    f"/v1/contacts/{CONTACT}": {
        "id": str(CONTACT),
        "version": 3,
        "customer_id": str(CUSTOMER),
        "state": "erased",
        "authorized_from": "2026-01-01",
        "authorized_to": None,
    },
    f"/v1/assets/{ASSET}": {
        "id": str(ASSET),
        "version": 1,
        "customer_id": str(CUSTOMER),
        "site_id": str(SITE),
        "product_id": str(UUID(int=4)),
        "contract_id": None,
        "state": "in_service",
    },
}


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "ticketing.token"
    path.write_text("first\n")
    return path


def directory(token: Path, answer) -> WarrantyDirectory:
    return WarrantyDirectory("http://warranty", token, httpx.MockTransport(answer))


def known(request: httpx.Request) -> httpx.Response:
    told = THINGS.get(request.url.path)
    return httpx.Response(404, json={"code": "not-found"}) if told is None else httpx.Response(200, json=told)


async def test_it_reads_what_warranty_says(token: Path):
    wanted = {Sort.CUSTOMER: CUSTOMER, Sort.SITE: SITE, Sort.ASSET: ASSET, Sort.CONTACT: CONTACT}
    assert await directory(token, known).find(wanted) == {
        Sort.CUSTOMER: CustomerFacts(CUSTOMER, 4, "Asia/Shanghai"),
        Sort.SITE: SiteFacts(SITE, 2, CUSTOMER, "local", 3.5, 31.0, 121.0),
        Sort.ASSET: AssetFacts(ASSET, 1, CUSTOMER, SITE, UUID(int=4), None, "in_service"),
        Sort.CONTACT: ContactFacts(CONTACT, 3, CUSTOMER, date(2026, 1, 1), None, is_erased=True),
    }
    assert await directory(token, known).find({Sort.SITE: UUID(int=9)}) == {Sort.SITE: None}


async def test_it_signs_in_with_the_pass_of_the_moment(token: Path):
    said = []

    def answer(request: httpx.Request) -> httpx.Response:
        said.append(request.headers["authorization"])
        token.write_text("second")
        return known(request)

    found = directory(token, answer)
    await found.find({Sort.SITE: SITE})
    await found.find({Sort.SITE: SITE})
    assert said == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401),
        httpx.Response(403),
        httpx.Response(503),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": "no id"}),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
    ids=str,
)
async def test_what_counts_as_not_reached_and_is_then_left_alone(token: Path, answer):
    asked = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if isinstance(answer, Exception):
            raise answer
        return answer

    found = directory(token, respond)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await found.find({Sort.SITE: SITE})
    assert len(asked) == 1


async def test_without_a_pass_nobody_is_asked(tmp_path: Path):
    with pytest.raises(Unreachable):
        await directory(tmp_path / "missing", known).find({Sort.SITE: SITE})


async def test_nobody_is_asked_inside_a_transaction(token: Path, database: Database):
    async with database.transaction(system("tests")):
        with pytest.raises(TransactionOpen):
            await directory(token, known).find({Sort.SITE: SITE})


def test_it_is_there_where_the_settings_name_it(settings: Settings, token: Path):
    assert gateways(settings) == {}
    told = settings.model_copy(update={"warranty_url": "http://w", "warranty_token": token})
    assert isinstance(gateways(told)["directory"], WarrantyDirectory)
    with pytest.raises(ValueError, match="together"):
        Settings(**{**settings.model_dump(), "warranty_url": "http://w"})
