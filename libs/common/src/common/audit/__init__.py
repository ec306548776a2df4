"""The audit trail: who did what to which thing, in a chain of hashes that nobody can rewrite unnoticed."""

from common.audit.entries import (
    TRIGGERS,
    AuditEntry,
    CheckpointRow,
    PersonalValue,
    committed,
    erase_personal,
    record,
)

__all__ = [
    "TRIGGERS",
    "AuditEntry",
    "CheckpointRow",
    "PersonalValue",
    "committed",
    "erase_personal",
    "record",
]
