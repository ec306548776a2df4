"""TCP ports on loopback: which are free, and a free one to take."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below the range the system gives to outgoing connections (32768 and up): a client that reconnects while its
# server is down could otherwise be given the server's own port, and the server would find it taken.
LOWEST, HIGHEST = 15_000, 30_000


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of loopback now."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A port nothing listens on, drawn at random so that copies starting together do not meet."""
    while not is_free(port := LOWEST + secrets.randbelow(HIGHEST - LOWEST)):
        pass
    return port
