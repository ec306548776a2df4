"""What sla is told from outside."""

from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings with the prefix ``SLA_``."""

    model_config = SettingsConfigDict(env_prefix="SLA_", frozen=True, extra="ignore")
