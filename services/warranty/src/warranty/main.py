"""Puts warranty together: its API, its worker and its migrations."""

from pathlib import Path

from common.context import system
from common.contracts import published_by
from common.db import Database
from common.numbers import Numbers
from common.processes import Service
from common.web.app import Api
from common.web.vocabularies import Term, Vocabulary
from common.worker import Reactions
from warranty.api import (
    assets,
    catalogue,
    claims,
    contacts,
    contracts,
    coverage,
    directory,
    fulfilment,
    imports,
    inspections,
    installations,
    loaners,
    maintenance,
    meters,
    obligations,
    planning,
    quotes,
    readings,
    releases,
    reservations,
    stock,
    transfers,
    upstream,
)
from warranty.domain.labels import LABELS
from warranty.domain.messages import MESSAGES
from warranty.gateways.sheets.process import Limits, Sheets
from warranty.listeners import LISTENERS
from warranty.policy import IMPORT_READING
from warranty.queries.verification import Compared, Difference, compared, differences
from warranty.settings import Settings
from warranty.sweeps import SWEEPS
from warranty.sweeps.imports import imports_advanced

NAME = "warranty"
SCRIPTS = Path(__file__).parents[2] / "migrations"

CONFLICTS = {
    "uq_customer_code": "customer-code-taken",
    "uq_site_code": "site-code-taken",
    "uq_service_base_code": "service-base-taken",
    "uq_product_code": "product-code-taken",
    "uq_part_number": "part-number-taken",
    "uq_contract_number": "contract-number-taken",
    "uq_asset_serial": "asset-serial-taken",
    "uq_component_position": "position-taken",
    "uq_component_serial": "component-serial-taken",
    "uq_software_release_version": "release-version-taken",
    "uq_software_release_order": "release-order-taken",
    "uq_meter_reading_moment": "meter-read-already",
    "uq_coverage_decision_supersedes": "decision-superseded",
    "uq_installation_asset_under_way": "asset-installed-elsewhere",
    "uq_claim_external_reference": "claim-reference-raced",
    "uq_quote_claim_open": "quote-open",
    "uq_warehouse_code": "warehouse-code-taken",
    "uq_stock_lot_serial": "serial-in-stock",
    "ck_stock_lot_one_piece": "serial-in-stock",
    "uq_stock_level_of": "stock-level-exists",
}
"""Constraints whose violation is the caller's business."""

VERIFY_STATEMENT_MS = 600_000
"""Adding up a ledger of years takes minutes."""

ABOUT = """Customers and what stands at their sites; what is under warranty and who pays; claims, spare parts,
software and maintenance.

Every verb is an operation of its own; `allowed_actions` of a resource says which may be called now."""


def describe(database: Database) -> Api:
    """What the API is made of."""
    return Api(
        service=NAME,
        title="Aftercare warranty",
        version="1.0.0",
        about=ABOUT,
        routes=[
            directory.routes,
            contacts.routes,
            contracts.routes,
            catalogue.routes,
            assets.routes,
            coverage.routes,
            meters.routes,
            installations.routes,
            maintenance.routes,
            inspections.routes,
            obligations.routes,
            readings.routes,
            imports.routes,
            claims.routes,
            fulfilment.routes,
            quotes.routes,
            upstream.routes,
            releases.routes,
            stock.routes,
            reservations.routes,
            transfers.routes,
            planning.routes,
            loaners.routes,
        ],
        messages=MESSAGES,
        vocabularies=vocabularies(),
        publishes=published_by(NAME),
        hears=tuple(LISTENERS),
        services={"numbers": Numbers(database), "sheets": sheets()},
    )


def sheets() -> Sheets:
    """What reads the files that people send."""
    return Sheets(Limits(**IMPORT_READING))


def vocabularies() -> dict[str, Vocabulary]:
    """Codes with their labels."""
    return {
        name: Vocabulary(name, 1, tuple(Term(code, *both) for code, both in labels.items()))
        for name, labels in LABELS.items()
    }


def reactions(database: Database) -> Reactions:
    """What the worker does."""
    return Reactions(
        publishes=published_by(NAME),
        listeners=LISTENERS,
        sweeps=SWEEPS,
        chores=[imports_advanced(database, sheets())],
    )


async def verify_stock(settings: Settings) -> tuple[Compared, list[Difference]]:
    """Compare all stock with its ledger: what was compared, and what is stored otherwise than it follows.

    The service may be running: the comparison is one statement, which sees one moment.
    """
    database = Database(settings.database_url, f"{NAME}-verify", statement_timeout_ms=VERIFY_STATEMENT_MS)
    try:
        async with database.read(system(NAME)) as session:
            found = [difference async for difference in differences(session)]
            return await compared(session), found
    finally:
        await database.close()


SERVICE = Service(
    name=NAME,
    settings=Settings,
    scripts=SCRIPTS,
    conflicts=CONFLICTS,
    describe=describe,
    reactions=reactions,
)
