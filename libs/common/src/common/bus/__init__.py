"""The bus: declared events in and out of a Kafka-protocol broker."""

from common.bus.cluster import Bus, ClusterChanged
from common.bus.listening import GenericListener, Hearing, Listener, Listeners, in_course_of

__all__ = ["Bus", "ClusterChanged", "GenericListener", "Hearing", "Listener", "Listeners", "in_course_of"]
