"""What warranty is told from outside."""

from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings with the prefix ``WARRANTY_``."""

    model_config = SettingsConfigDict(env_prefix="WARRANTY_", frozen=True, extra="ignore")
