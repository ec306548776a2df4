"""What ticketing is told from outside."""

from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings with the prefix ``TICKETING_``."""

    model_config = SettingsConfigDict(env_prefix="TICKETING_", frozen=True, extra="ignore")
