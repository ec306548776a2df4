"""The story that `make demo` tells, from the first call to the accepted quote, on either bus."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from aftercare.kafka import KafkaCluster

from .test_start import start

pytestmark = pytest.mark.slow

TOLD = ("§1.2.5", "restored", "QUO-")


async def test_the_demo_plays_to_its_end(tmp_path: Path):
    assert_told(await play(tmp_path / "home"))


@pytest.mark.kafka
async def test_the_demo_plays_on_kafka(tmp_path: Path):
    with KafkaCluster(tmp_path / "kafka") as cluster:
        assert_told(await play(tmp_path / "home", "--bus", cluster.bootstrap))


def assert_told(said: str) -> None:
    assert [words for words in TOLD if words not in said] == [], said


async def play(home: Path, *told: str) -> str:
    """Start a copy, play against it and end it; what the demo said."""
    copy, found = await start(home, *told)
    try:
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "aftercare", "demo", "--home", str(home)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await demo.communicate()
    finally:
        os.kill(found.pid, signal.SIGTERM)
        await copy.wait()
    assert demo.returncode == 0, said.decode()
    return said.decode()
