"""The audit trail: who did what to which thing, in a chain of hashes that nobody can rewrite unnoticed."""

from common.audit.entries import (
    TRIGGERS,
    AuditEntry,
    CheckpointRow,
    PersonalValue,
    committed,
    entries_about,
    erase_personal,
    personal_values,
    record,
)

__all__ = [
    "TRIGGERS",
    "AuditEntry",
    "CheckpointRow",
    "PersonalValue",
    "committed",
    "entries_about",
    "erase_personal",
    "personal_values",
    "record",
]
