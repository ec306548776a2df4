"""Builds a service's web application: its operations, the technical ones of every service, and the edge."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from sqlalchemy import text
from starlette.types import ASGIApp

from common.asyncapi import asyncapi
from common.audit.heads import OutsideNotes, not_at_hand
from common.audit.notes import Signer, signer_of
from common.auth import Keys, KeysAway, Tokens, keys_at
from common.clock import Clock, wall_clock
from common.context import system
from common.db import Database
from common.events import Event
from common.messages import MESSAGES, Catalogue
from common.openapi import published
from common.paging import Cursors
from common.scopes import ALL_SCOPES
from common.web import convertors
from common.web.audit_routes import audit_routes
from common.web.dispatch import Dispatch
from common.web.documents import Make, document, here
from common.web.edge import Edge, allowed_methods
from common.web.edge_messages import EDGE_MESSAGES
from common.web.health import PATHS, Check, Health
from common.web.operation import Operation
from common.web.parked_routes import parked_routes
from common.web.problem_pages import problem_pages
from common.web.problems import Problems
from common.web.quotas import DEFAULT, Quota, Quotas
from common.web.routes import Routes
from common.web.vocabularies import Vocabulary, vocabulary_routes
from common.web.work import Parts


class Settings(Protocol):
    """What the edge needs of a service's settings."""

    @property
    def issuer(self) -> str:
        """What tokens must name as issuer."""

    @property
    def audience(self) -> str:
        """What tokens must be meant for."""

    @property
    def jwks(self) -> str:
        """URL or path of the issuer's public keys."""

    @property
    def cursor_secret(self) -> Path:
        """File with the secret that signs cursors, hexadecimal."""

    @property
    def signing_key(self) -> Path:
        """File with the Ed25519 key that signs the heads of the audit trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What a service's API is made of.

    Args:
        service: its name (``ticketing``).
        title: title of the document.
        version: version of the document.
        about: description of the document, Markdown.
        routes: the service's own operations.
        messages: code to texts, of the service's refusals.
        vocabularies: the codes of its fields, by name.
        publishes: events it announces.
        hears: events it listens to.
        services: what operations find in ``work.services``.
        ready: further checks of readiness (migrations).
        quotas: rate limits by policy.
    """

    service: str
    title: str
    version: str
    about: str
    routes: Sequence[Routes]
    messages: Catalogue = field(default_factory=dict)
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)
    publishes: Sequence[type[Event]] = ()
    hears: Sequence[type[Event]] = ()
    services: Mapping[str, Any] = field(default_factory=dict)
    ready: Mapping[str, Check] = field(default_factory=dict)
    quotas: Mapping[str, Quota] = field(default_factory=lambda: DEFAULT)


class Application(FastAPI):
    """FastAPI with exactly one layer around its router: the edge.

    Args:
        api: what it is made of.
        parts: what its operations work with.
        operations: its operations, the technical ones included.
        options: FastAPI's own.
    """

    def __init__(
        self,
        api: Api,
        parts: Parts,
        operations: Sequence[Routes],
        **options: Any,  # noqa: ANN401 - FastAPI's options
    ) -> None:
        self._api = api
        self._operations = operations
        self.parts = parts
        self.health = Health({"database": self._ping, "keys": self._has_keys, **api.ready})
        super().__init__(
            title=api.title,
            version=api.version,
            description=api.about,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            separate_input_output_schemas=False,
            telemetry={
                "operation_spans": False,
                "logs": False,
                "auto_configure": False,  # processes export, workers as well as APIs
                "exclude": lambda scope: scope.get("path") in PATHS,
            },
            **options,
        )
        for routes in operations:
            self.router.routes.extend(routes.operations)

    async def _ping(self) -> None:
        async with self.parts.database.read(system(self._api.service)) as session:
            await session.execute(text("SELECT 1"))

    async def _has_keys(self) -> None:
        await self.parts.tokens.check()

    def build_middleware_stack(self) -> ASGIApp:
        """The edge does what Starlette's error and exception layers would, and costs less."""
        operations = [route for route in self.router.routes if isinstance(route, Operation)]
        return Edge(
            Dispatch(operations, self.router),
            health=self.health,
            problems=Problems(catalogue_of(self._api)),
            methods=allowed_methods(_methods_by_path(operations)),
        )

    def openapi(self) -> dict[str, Any]:
        """The API document, OpenAPI 3.1."""
        return published(
            get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
                tags=[{"name": routes.tag, "description": routes.about} for routes in self._operations],
                servers=[{"url": "/", "description": "This service"}],
                contact={"name": "Aftercare", "url": "https://aftercare.local"},
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
                separate_input_output_schemas=False,
            )
        )

    def asyncapi(self) -> dict[str, Any]:
        """The document of the service's events, AsyncAPI 3.0."""
        return asyncapi(
            service=self._api.service,
            title=f"{self.title}: events",
            version=self.version,
            publishes=self._api.publishes,
            hears=self._api.hears,
        )


def create_app(
    api: Api,
    *,
    database: Database,
    settings: Settings,
    clock: Clock = wall_clock,
    keys: Keys | None = None,
    heads: OutsideNotes = not_at_hand,
    openapi: Make | None = None,
) -> Application:
    """The application of one service.

    Args:
        api: what it is made of.
        database: its database; whoever gave it closes it.
        settings: issuer, audience, keys and secrets.
        clock: present instant.
        keys: the issuer's keys, where not those that the settings name.
        heads: reads the heads of the audit trail that are kept outside the database.
        openapi: makes the API document, where that is not done here.

    Raises:
        ValueError: an operation has no scope that any token could carry, or a name is used twice.
    """
    convertors.register()
    tokens = Tokens(keys or keys_at(settings.jwks, clock), settings.issuer, settings.audience, clock)
    secret = bytes.fromhex(settings.cursor_secret.read_text().strip())
    parts = Parts(database, tokens, Quotas(api.quotas), Cursors(secret), clock, api.services)
    operations = [*api.routes, *_technical(api, signer_of(settings.signing_key, api.service), heads)]
    _check(operations)
    app = Application(api, parts, operations, lifespan=_lifespan)
    app.router.routes.append(document("/openapi.json", openapi or here(app.openapi)))
    app.router.routes.append(document("/asyncapi.json", here(app.asyncapi)))
    app.router.routes.append(problem_pages(catalogue_of(api)))
    return app


def _methods_by_path(operations: Sequence[Operation]) -> dict[str, list[str]]:
    """Path template to the methods it takes; the API document is made when somebody asks for it."""
    table: dict[str, list[str]] = {}
    for operation in operations:
        table.setdefault(operation.path_format, []).extend(operation.methods or ())
    return table


def catalogue_of(api: Api) -> Catalogue:
    """Every text that a refusal of this service can have."""
    return {**MESSAGES, **EDGE_MESSAGES, **api.messages}


def _technical(api: Api, signer: Signer, heads: OutsideNotes) -> list[Routes]:
    """What every service answers besides its own matters."""
    return [
        vocabulary_routes(api.service, api.vocabularies),
        audit_routes(api.service, signer, heads),
        parked_routes(api.service),
    ]


def _check(operations: Sequence[Routes]) -> None:
    declared = [one for routes in operations for one in routes.declared]
    unknown = [one.name for one in declared if one.scope not in ALL_SCOPES]
    if unknown:
        raise ValueError(f"operations with a scope that no role has: {unknown}")
    names = [one.name for one in declared]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"operation ids used twice: {twice}")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    assert isinstance(app, Application)  # noqa: S101 - built above
    with suppress(KeysAway):  # it is not ready then, and requests try again
        await app.parts.tokens.check()
    app.health.started()
    yield
    app.health.drain()
