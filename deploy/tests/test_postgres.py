import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import asyncpg
import pytest

from aftercare.embedded import EmbeddedPostgres
from aftercare.embedded.leftovers import processes_in
from aftercare.program import StartFailed

AWKWARD = "数据 folder with spaces, and a name that is " + "long " * 20


async def ask(server, statement):
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / AWKWARD.strip()


async def test_what_was_committed_survives_kill_and_restart(folder):
    with EmbeddedPostgres(folder) as server:
        assert await ask(server, "SHOW fsync") == "on"
        await ask(server, "CREATE TABLE kept AS SELECT 1 AS one")
        server.kill()
        server.start()
        assert await ask(server, "SELECT one FROM kept") == 1
        server.stop()
        server.start()
        assert await ask(server, "SELECT one FROM kept") == 1


def test_the_socket_stays_short_and_goes_away(folder):
    with EmbeddedPostgres(folder, durable=False) as server:
        sockets = Path(server.url().partition("host=")[2].partition("&")[0])
        assert len(str(sockets)) < 80
        assert sockets.stat().st_mode & 0o077 == 0
    assert not sockets.exists()
    assert processes_in(server.data) == []


LEFT_ALONE = """
    import os, signal, sys
    from pathlib import Path
    from aftercare.embedded import EmbeddedPostgres
    server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
    server.start()
    if sys.argv[2] == "orphan":
        os.kill(server.pid, signal.SIGSTOP)  # so that it cannot hear that we are gone
    print(server.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def left_alone(folder, how):
    script = textwrap.dedent(LEFT_ALONE)
    done = subprocess.run(
        [sys.executable, "-c", script, folder, how], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return int(done.stdout)


def test_the_server_ends_with_the_process_that_started_it(folder, eventually):
    left_alone(folder, "listening")
    eventually(lambda: not processes_in(folder / "data"))


async def test_a_server_that_outlived_its_run_is_ended_and_the_folder_used_again(folder):
    orphan = left_alone(folder, "orphan")
    assert orphan in processes_in(folder / "data")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await ask(server, "SELECT 1") == 1
        assert orphan not in processes_in(folder / "data")


async def test_a_process_number_left_behind_that_is_now_anothers_does_no_harm(folder):
    with EmbeddedPostgres(folder, durable=False):
        pass
    (folder / "data" / "postmaster.pid").write_text(f"{os.getppid()}\n/proc/self/cwd\n0\n1\n\n\n")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await ask(server, "SELECT 1") == 1


async def test_a_set_up_that_was_cut_short_is_begun_again(folder):
    half = folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await ask(server, "SELECT 1") == 1


def test_a_folder_in_use_is_refused_with_advice(postgres):
    with pytest.raises(StartFailed, match="AFTERCARE_HOME"):
        EmbeddedPostgres(postgres.folder).start()


async def test_two_run_side_by_side(postgres, folder):
    with EmbeddedPostgres(folder, durable=False) as other:
        assert other.port != postgres.port
        assert await ask(other, "SELECT 1") == await ask(postgres, "SELECT 1")


def test_a_failed_start_shows_the_servers_own_words(folder, postgres):
    with pytest.raises(StartFailed, match=r"could not create any TCP/IP sockets"):
        EmbeddedPostgres(folder, port=postgres.port, durable=False).start()
