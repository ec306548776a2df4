"""How the reading process tells what it finds: JSON documents, each after its length in four bytes."""

from typing import Any, BinaryIO

import orjson

from common.errors import Invalid
from warranty.domain.imports.records import Fault, Record

LENGTH = 4
Frame = dict[str, Any]


def put(stream: BinaryIO, frame: Frame) -> None:
    """Write one document."""
    said = orjson.dumps(frame)
    stream.write(len(said).to_bytes(LENGTH, "big") + said)
    stream.flush()


def refusal(problem: Invalid) -> Frame:
    """A refusal of the whole file."""
    return {"refused": problem.code, "facts": dict(problem.facts)}


def raise_refused(frame: Frame) -> None:
    """Raise what a frame refuses.

    Raises:
        Invalid: it is a refusal.
    """
    if "refused" in frame:
        raise Invalid(frame["refused"], **frame["facts"])


def plain(record: Record) -> list[Any]:
    """A record as JSON has it."""
    faults = [[one.column, one.code, one.value, dict(one.facts)] for one in record.faults]
    return [record.row, dict(record.values), faults]


def record_of(told: list[Any]) -> Record:
    """The record in ``told``."""
    row, values, faults = told
    return Record(row, values, tuple(Fault(*one) for one in faults))
