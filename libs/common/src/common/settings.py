"""What every service is told from outside, under its own prefix; read once and frozen."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings of one service; a subclass sets ``env_prefix``.

    Args:
        database_url: PostgreSQL as libpq writes it (``postgresql://…``).
        kafka_bootstrap: ``host:port,host:port``.
        host: address that both processes listen on.
        port: of the API.
        worker_port: of the worker's probes and metrics.
        jwks: URL or path of the key set that tokens are checked with.
        issuer: exact ``iss`` of tokens.
        audience: what ``aud`` must contain.
        signing_key: path of the Ed25519 key (PEM) that signs the heads of the audit chain.
        cursor_secret: path of the secret (hex) that seals cursors.
        home: folder for what is published outside the database (audit heads).
        audit_head_minutes: at most one head of the audit chain is signed and published in so many minutes.
        log_format: ``console`` or ``json``.
        bus_prefix: put before topics and groups where several installations share a cluster.
        inbox_days: days that identities of applied events are kept.
        outbox_days: days that published events are kept for publishing again.
        outage_days: longest outage of a consumer that is tolerated.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str
    kafka_bootstrap: str
    host: str = "127.0.0.1"
    port: int
    worker_port: int
    jwks: str
    issuer: str = "https://aftercare.local"
    audience: str = "aftercare"
    signing_key: Path
    cursor_secret: Path
    home: Path
    audit_head_minutes: Annotated[int, Field(ge=1)] = 60
    log_format: Literal["console", "json"] = "json"
    bus_prefix: str = ""
    inbox_days: Annotated[int, Field(ge=1)] = 90
    outbox_days: Annotated[int, Field(ge=1)] = 60
    outage_days: Annotated[int, Field(ge=1)] = 30
