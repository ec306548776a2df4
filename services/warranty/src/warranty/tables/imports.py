"""Imports, the files they came in, their rows as read, and what is wrong with them."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Uuid, text
from sqlmodel import Field

from common.rows import INSTANT, JSON, Stateful, one_of
from warranty.domain.imports.columns import ImportKind
from warranty.domain.imports.life import ImportState, Outcome
from warranty.tables.rows import Row


def _of_import(*, is_key: bool = False) -> Any:  # noqa: ANN401 - a column
    """The import a row belongs to; whatever is an import's goes with it."""
    return Column(
        "import_id", Uuid, ForeignKey("import.id", ondelete="CASCADE"), primary_key=is_key, nullable=False
    )


class Import(Stateful, Row, table=True):
    """A file of customers, assets or what else a kind of spreadsheet tells, on its way in.

    ``claim_id`` names the run that works on it until ``leased_until``; ``authority`` who asked for it.
    """

    __tablename__: ClassVar[str] = "import"
    __table_args__ = (
        one_of("state", ImportState),
        one_of("kind", ImportKind),
        CheckConstraint("size_bytes >= 0", name="size_bytes"),
        Index("ix_import_created_at", "created_at", "id"),
        Index("ix_import_state", "state", "created_at", "id"),
        Index(
            "ix_import_due",
            "created_at",
            "id",
            postgresql_where=text("state IN ('queued', 'checking', 'running')"),
        ),
        Index("ix_import_kept", "expires_at", "id", postgresql_where=text("has_rows")),
    )

    kind: str
    file_name: str
    size_bytes: int
    sha256: str
    format: str
    encoding: str
    columns: list[str] = Field(sa_type=JSON)
    ignored_columns: list[str] = Field(sa_type=JSON)
    sheet: str | None = None
    heading_row: int | None = None
    is_dry_run: bool
    row_count: int | None = None
    done_count: int = 0
    share_done: float = 0.0
    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    wrong_count: int = 0
    problem_count: int = 0
    failure: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    authority: dict[str, str] = Field(sa_type=JSON)
    claim_id: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    attempt_count: int = 0
    has_rows: bool = True
    expires_at: datetime = Field(sa_type=INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT)


class ImportPart(Row, table=True):
    """A piece of a file as it was sent."""

    __tablename__: ClassVar[str] = "import_part"

    import_id: UUID = Field(sa_column=_of_import(is_key=True))
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class ImportRow(Row, table=True):
    """A row as it was read: its values, and what they mean for what is known."""

    __tablename__: ClassVar[str] = "import_row"
    __table_args__ = (one_of("outcome", Outcome),)

    import_id: UUID = Field(sa_column=_of_import(is_key=True))
    row: int = Field(primary_key=True)
    values: dict[str, Any] = Field(sa_type=JSON)
    outcome: str


class ImportName(Row, table=True):
    """What a row is called by in its file: by its natural key, which no two may share, or by other rows."""

    __tablename__: ClassVar[str] = "import_name"

    import_id: UUID = Field(sa_column=_of_import(is_key=True))
    name: str = Field(primary_key=True)
    row: int = Field(primary_key=True)
    is_unique: bool


class ImportProblem(Row, table=True):
    """One thing wrong with a row; its text is made for whoever reads it."""

    __tablename__: ClassVar[str] = "import_problem"
    __table_args__ = (Index("ix_import_problem_row", "import_id", "row", "id"),)

    id: UUID = Field(primary_key=True)
    import_id: UUID = Field(sa_column=_of_import())
    row: int
    column: str | None = None
    code: str
    value: str
    facts: dict[str, Any] = Field(sa_type=JSON)


PARTS: Table = ImportPart.__table__  # type: ignore[attr-defined]
ROWS: Table = ImportRow.__table__  # type: ignore[attr-defined]
NAMES: Table = ImportName.__table__  # type: ignore[attr-defined]
PROBLEMS: Table = ImportProblem.__table__  # type: ignore[attr-defined]
