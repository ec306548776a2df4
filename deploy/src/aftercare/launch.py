"""Becomes another program, as an unprivileged user if told so, and dies with the process that started it.

Run as a script (`python launch.py --parent PID …`), it imports only the standard library and stands for a
moment in the place of the program it turns into. A child that does these things itself is safe where code
between fork and exec is not (threads), and the death signal must be asked for after the change of user.
"""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel for `death_signal` when the thread that started us ends (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def become_user(uid: int, gid: int) -> None:
    """Give up root for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main() -> None:
    """Read the options, then turn into the program that follows them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parent", type=int, required=True)
    options.add_argument("--death-signal", type=int, required=True)
    options.add_argument("--uid", type=int)
    options.add_argument("--gid", type=int)
    options.add_argument("argv", nargs="+")
    told = options.parse_args()
    if told.uid is not None:
        become_user(told.uid, told.gid)
    die_with_parent(told.death_signal, told.parent)
    os.execv(told.argv[0], told.argv)  # noqa: S606  no shell is meant


if __name__ == "__main__":
    main()
