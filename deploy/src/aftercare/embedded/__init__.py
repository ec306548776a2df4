"""The servers that come with the product: PostgreSQL 18 and a broker that speaks Kafka's protocol."""

from aftercare.embedded.broker import EmbeddedBroker
from aftercare.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedBroker", "EmbeddedPostgres"]
