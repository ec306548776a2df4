"""Three nodes of Apache Kafka on loopback, without containers: jars by Maven, one Java process a node."""

import shutil
import subprocess
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Self
from uuid import uuid4

from aftercare import ports
from aftercare.program import Launch, Program, StartFailed

POM = Path(__file__).parents[2] / "kafka" / "pom.xml"
NODES = (1, 2, 3)
HEAP = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
# Java takes file names that are not ASCII only where the locale says how to read them.
LOCALE = {"LC_ALL": "C.UTF-8"}
SETTINGS = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "BROKER",
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": "log",  # relative: a properties file cannot hold every folder's name
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "offsets.topic.num.partitions": "10",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "transaction.state.log.num.partitions": "10",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
}


def jars() -> Path:
    """The folder with Kafka's jars, fetched on first use.

    Raises:
        StartFailed: Java or Maven is missing, or the jars could not be fetched.
    """
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if missing:
        raise StartFailed(
            f"Apache Kafka needs Java 17 or newer and Maven; {' and '.join(missing)} not found on PATH. "
            "Install them, or use the embedded broker (`make up`)."
        )
    target = POM.parent / "target" / f"jars-{sha256(POM.read_bytes()).hexdigest()[:12]}"
    if not target.exists():
        _fetch(target)
    return target


def _fetch(target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as unfinished:
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"]
        command = ["mvn", "--batch-mode", "--quiet", "--file", "pom.xml", *goal]
        shutil.copy(POM, unfinished)
        done = subprocess.run(  # noqa: S603  a literal command
            command, cwd=unfinished, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StartFailed(f"Maven could not fetch Kafka's jars:\n{done.stdout}{done.stderr}")
        with suppress(OSError):  # another run was quicker
            Path(unfinished, "jars").rename(target)


class KafkaNode(Program):
    """One node, broker and controller in one; its files are under `folder`."""

    stop_seconds = 20.0

    def __init__(self, folder: Path, settings: Mapping[str, str], cluster_id: str) -> None:
        number = settings["node.id"]
        super().__init__(f"kafka-{number}", folder / number)
        self._settings = settings
        self._cluster_id = cluster_id
        self._port = int(settings["listeners"].partition(",")[0].rpartition(":")[2])

    def prepare(self) -> Launch:
        """Write the settings down; format the storage on the first start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = (f"{name}={value}\n" for name, value in self._settings.items())
        (self.folder / "node.properties").write_text("".join(lines))
        if not (self.folder / "log" / "meta.properties").exists():
            self._format()
        return _java(self.folder, "kafka.Kafka", "node.properties")

    def _format(self) -> None:
        # One word: an id may begin with a dash, and would be taken for an option by itself.
        tool = ("kafka.tools.StorageTool", "format", f"--cluster-id={self._cluster_id}")
        launch = _java(self.folder, *tool, "--config=node.properties")
        done = subprocess.run(  # noqa: S603  our own command line
            launch.command(),
            cwd=self.folder,
            env=launch.variables(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StartFailed(f"{self.name} could not be formatted:\n{done.stdout}{done.stderr}")

    def is_ready(self) -> bool:
        """The broker listens once the controllers have let it in."""
        return ports.answers(self._port)


class KafkaCluster:
    """Three nodes with replication 3; ports are free ones unless the first broker's is given."""

    def __init__(self, folder: Path, first_port: int | None = None) -> None:
        self.folder = folder.absolute()
        brokers = [first_port + n for n in range(len(NODES))] if first_port else _free_ports(len(NODES))
        self._brokers = dict(zip(NODES, brokers, strict=True))
        self._controllers = dict(zip(NODES, _free_ports(len(NODES)), strict=True))
        cluster_id = self._cluster_id()
        self.nodes = {n: KafkaNode(self.folder, self._settings(n), cluster_id) for n in NODES}

    @property
    def bootstrap(self) -> str:
        """Where clients connect: `host:port` of every node."""
        return ",".join(f"{ports.LOOPBACK}:{port}" for port in self._brokers.values())

    def start(self) -> None:
        """Start all nodes and wait until each answers; raises StartFailed."""
        jars()
        for node in self.nodes.values():
            node.launch()
        for node in self.nodes.values():
            node.await_ready()

    def stop(self) -> None:
        """Stop all nodes."""
        for node in self.nodes.values():
            node.ask_to_stop()
        for node in self.nodes.values():
            node.stop()

    def kill(self, node: int) -> None:
        """End one node (1 to 3) at once, as kill -9 does."""
        self.nodes[node].kill()

    def restart(self, node: int) -> None:
        """Bring a killed or running node back and wait until it answers."""
        self.nodes[node].stop()
        self.nodes[node].start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _cluster_id(self) -> str:
        """Kept in the folder: the storage of the nodes was formatted for it."""
        kept = self.folder / "cluster-id"
        if not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            kept.write_text(_random_id())
        return kept.read_text()

    def _settings(self, node: int) -> dict[str, str]:
        broker, controller = self._brokers[node], self._controllers[node]
        voters = ",".join(f"{n}@{ports.LOOPBACK}:{port}" for n, port in self._controllers.items())
        return {
            **SETTINGS,
            "node.id": str(node),
            "controller.quorum.voters": voters,
            "listeners": f"BROKER://{ports.LOOPBACK}:{broker},CONTROLLER://{ports.LOOPBACK}:{controller}",
        }


def _java(folder: Path, *arguments: str) -> Launch:
    java = shutil.which("java") or "java"
    logging = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    return Launch((java, *HEAP, logging, "-cp", f"{jars()}/*", *arguments), folder, LOCALE)


def _random_id() -> str:
    """A cluster id as Kafka writes them: 128 random bits in URL-safe base 64 without padding."""
    return urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")


def _free_ports(count: int) -> list[int]:
    found: set[int] = set()
    while len(found) < count:
        found.add(ports.free_port())
    return sorted(found)
