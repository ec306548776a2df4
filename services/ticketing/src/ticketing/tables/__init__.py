"""What ticketing stores, one module per thing. Columns, constraints and indexes; no behaviour."""

from ticketing.tables.charges import Charge
from ticketing.tables.directory import Asset, Contact, Contract, Customer, Quote, Site
from ticketing.tables.findings import Claim, Finding, Inspection
from ticketing.tables.rows import TICKETING
from ticketing.tables.tickets import (
    Comment,
    Consent,
    Escalation,
    SupportSession,
    Ticket,
    TimelineEntry,
    Visit,
)

__all__ = [
    "TICKETING",
    "Asset",
    "Charge",
    "Claim",
    "Comment",
    "Consent",
    "Contact",
    "Contract",
    "Customer",
    "Escalation",
    "Finding",
    "Inspection",
    "Quote",
    "Site",
    "SupportSession",
    "Ticket",
    "TimelineEntry",
    "Visit",
]
