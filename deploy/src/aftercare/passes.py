"""Passes: bearer tokens by which one service reads another's API, each in a file that is renewed in time."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from aftercare.keys import Keys
from aftercare.tokens import issue_to_service

RENEWED_EVERY = timedelta(minutes=20)
"""A third of a token's life: a renewal may fail twice before a pass runs out."""


class Passes:
    """The passes of one copy.

    Args:
        keys: where the issuer's key is, and beside it the passes.
        scopes: what each service may do at the others'.
        clock: the present.
    """

    def __init__(
        self, keys: Keys, scopes: Mapping[str, Sequence[str]], clock: Callable[[], datetime]
    ) -> None:
        self._keys = keys
        self._scopes = scopes
        self._clock = clock

    def renew(self) -> None:
        """Issue every pass anew; who reads one finds the old or the new one, never half of one."""
        key, now = self._keys.issuer_key(), self._clock()
        for service, scopes in self._scopes.items():
            _replace(self._keys.pass_of(service), issue_to_service(service, scopes, key, now=now))

    async def keep(self) -> None:
        """Renew them for as long as the copy runs."""
        while True:
            await asyncio.sleep(RENEWED_EVERY.total_seconds())
            self.renew()


def _replace(path: Path, token: str) -> None:
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(token)
    draft.replace(path)
