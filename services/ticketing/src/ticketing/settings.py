"""What ticketing is told from outside."""

from pathlib import Path
from typing import Self

from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings with the prefix ``TICKETING_``.

    Args:
        warranty_url: where warranty's API is; without it, unknown ids are taken as told and flagged.
        warranty_token: file with ticketing's own bearer token for it; read at each request, so that it can be
            renewed there.
    """

    model_config = SettingsConfigDict(env_prefix="TICKETING_", frozen=True, extra="ignore")

    warranty_url: str | None = None
    warranty_token: Path | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.warranty_url is None) != (self.warranty_token is None):
            raise ValueError("set warranty_url and warranty_token together, or neither")
        return self
