"""The outside world: warranty's API, asked about ids that the replica does not know."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import httpx
import structlog

from common.db import forbid_transaction
from ticketing.domain.directory import (
    AssetFacts,
    ContactFacts,
    CustomerFacts,
    SiteFacts,
    Sort,
    Thing,
)

log = structlog.get_logger()

TIMEOUT_SECONDS = 2.0
REST_SECONDS = 5.0
"""How long an owner that did not answer is left alone, so that no queue of callers builds up behind it."""


class Unreachable(Exception):  # noqa: N818 - said of the owner
    """The owner cannot say now."""


class Directory(Protocol):
    """Whoever masters customers, sites, contacts and assets."""

    async def find(self, wanted: Mapping[Sort, UUID]) -> Mapping[Sort, Thing | None]:
        """What the owner says of each id; ``None`` for what it does not know.

        Raises:
            Unreachable: it cannot be asked, or did not answer in time.
        """


def _customer(told: Mapping[str, Any]) -> CustomerFacts:
    return CustomerFacts(UUID(told["id"]), int(told["version"]), str(told["time_zone"]))


def _site(told: Mapping[str, Any]) -> SiteFacts:
    place = told.get("position") or {}
    return SiteFacts(
        id=UUID(told["id"]),
        version=int(told["version"]),
        customer_id=UUID(told["customer_id"]),
        locality=told.get("locality"),
        distance_km=told.get("distance_km"),
        latitude=place.get("latitude"),
        longitude=place.get("longitude"),
    )


def _contact(told: Mapping[str, Any]) -> ContactFacts:
    return ContactFacts(
        id=UUID(told["id"]),
        version=int(told["version"]),
        customer_id=UUID(told["customer_id"]),
        authorized_from=_day(told.get("authorized_from")),
        authorized_to=_day(told.get("authorized_to")),
        is_erased=told["state"] == "erased",
    )


def _asset(told: Mapping[str, Any]) -> AssetFacts:
    contract_id = told.get("contract_id")
    return AssetFacts(
        id=UUID(told["id"]),
        version=int(told["version"]),
        customer_id=UUID(told["customer_id"]),
        site_id=UUID(told["site_id"]),
        product_id=UUID(told["product_id"]),
        contract_id=None if contract_id is None else UUID(contract_id),
        state=str(told["state"]),
    )


def _day(told: str | None) -> date | None:
    return None if told is None else date.fromisoformat(told)


_PLACES: Mapping[Sort, tuple[str, Callable[[Mapping[str, Any]], Thing]]] = {
    Sort.CUSTOMER: ("customers", _customer),
    Sort.SITE: ("sites", _site),
    Sort.CONTACT: ("contacts", _contact),
    Sort.ASSET: ("assets", _asset),
}


class WarrantyDirectory:
    """The directory behind warranty's API.

    Args:
        url: where the API is.
        token: file with this service's own bearer token; whoever issues it renews it there.
        transport: carries the requests where it is not the network.
    """

    def __init__(self, url: str, token: Path, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._token = token
        self._transport = transport
        self._verify: ssl.SSLContext | bool = (
            httpx.create_ssl_context() if url.startswith("https://") else False
        )
        self._rests_until = 0.0

    async def find(self, wanted: Mapping[Sort, UUID]) -> Mapping[Sort, Thing | None]:
        """What warranty says of each id; ``None`` for what it does not know.

        Raises:
            Unreachable: it cannot be asked, did not answer in time, or not sensibly.
        """
        forbid_transaction()
        if monotonic() < self._rests_until:
            raise Unreachable
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._client() as client:
                found = await asyncio.gather(*(_one(client, sort, one) for sort, one in wanted.items()))
        except (OSError, TimeoutError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            self._rests_until = monotonic() + REST_SECONDS
            log.warning("directory unreachable", url=self._url, error=repr(error))
            raise Unreachable from error
        return dict(zip(wanted, found, strict=True))

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._url,
            headers={"Authorization": f"Bearer {self._token.read_text().strip()}"},
            timeout=TIMEOUT_SECONDS,
            transport=self._transport,
            verify=self._verify,
            trust_env=False,
        )


async def _one(client: httpx.AsyncClient, sort: Sort, thing_id: UUID) -> Thing | None:
    collection, read = _PLACES[sort]
    answer = await client.get(f"/v1/{collection}/{thing_id}")
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return None
    told = answer.raise_for_status().json()
    if not isinstance(told, dict):
        raise TypeError("the answer is no object")
    return read(told)
