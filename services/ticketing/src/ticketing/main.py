"""Puts ticketing together: its API, its worker and its migrations."""

from collections.abc import Mapping
from pathlib import Path

from common.contracts import published_by
from common.db import Database
from common.numbers import Numbers
from common.processes import Service
from common.web.app import Api
from common.web.vocabularies import Term, Vocabulary
from common.worker import Reactions
from ticketing.api import charges, comments, escalations, support, ticket_actions, tickets, visits
from ticketing.domain.labels import LABELS
from ticketing.domain.messages import MESSAGES
from ticketing.domain.severity import LEVELS
from ticketing.gateways import Directory, WarrantyDirectory
from ticketing.listeners import LISTENERS
from ticketing.settings import Settings
from ticketing.sweeps import SWEEPS

NAME = "ticketing"
SCRIPTS = Path(__file__).parents[2] / "migrations"

CONFLICTS = {"uq_ticket_external_reference": "external-reference-raced"}
"""Constraints whose violation is the caller's business."""

ABOUT = """Incidents and service requests with the visits, support sessions and escalations on them.

Every verb is an operation of its own; `allowed_actions` of a resource says which may be called now."""


def describe(database: Database) -> Api:
    """What the API is made of."""
    return Api(
        service=NAME,
        title="Aftercare ticketing",
        version="1.0.0",
        about=ABOUT,
        routes=[
            tickets.routes,
            ticket_actions.routes,
            comments.routes,
            support.routes,
            escalations.routes,
            visits.routes,
            charges.routes,
        ],
        messages=MESSAGES,
        vocabularies=vocabularies(),
        publishes=published_by(NAME),
        hears=tuple(LISTENERS),
        services={"numbers": Numbers(database)},
    )


def vocabularies() -> dict[str, Vocabulary]:
    """Codes with their labels, fault levels with their definitions."""
    plain = {name: [Term(code, *both) for code, both in labels.items()] for name, labels in LABELS.items()}
    levels = [
        Term(f"level_{n}", level.name_zh, level.name_en, level.definition_zh, level.definition_en)
        for n, level in LEVELS.items()
    ]
    return {name: Vocabulary(name, 1, tuple(terms)) for name, terms in {**plain, "severity": levels}.items()}


def gateways(settings: Settings) -> Mapping[str, Directory]:
    """The directory's owner, where it is told where that is."""
    if settings.warranty_url is None or settings.warranty_token is None:
        return {}
    return {"directory": WarrantyDirectory(settings.warranty_url, settings.warranty_token)}


def reactions(_: Database) -> Reactions:
    """What the worker does."""
    return Reactions(publishes=published_by(NAME), listeners=LISTENERS, sweeps=SWEEPS)


SERVICE = Service(
    name=NAME,
    settings=Settings,
    scripts=SCRIPTS,
    conflicts=CONFLICTS,
    describe=describe,
    reactions=reactions,
    gateways=gateways,
)
