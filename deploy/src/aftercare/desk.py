"""A client of a running copy's APIs, with a token of the roles that its user needs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from aftercare.commands.options import give_up
from aftercare.home import Home, Running
from aftercare.keys import Keys
from aftercare.tokens import Bearer, issue

Body = dict[str, Any]
YAML = "application/yaml"
ANSWER_SECONDS = 30.0
FILE_SECONDS = 120.0
_NONE_KEPT = httpx.Limits(max_keepalive_connections=0)  # so that nobody has to close anything


class Desk:
    """Asks each service on connections that end with the answer; a refusal ends the command.

    Args:
        home: data folder of the copy, whose key signs the token.
        running: the copy.
        subject: who asks, as the audit trail will say.
        roles: what the token is good for.
        language: in which texts are told.
    """

    def __init__(
        self, home: Home, running: Running, subject: str, roles: Sequence[str], language: str = "en"
    ) -> None:
        self._clients = {
            name: httpx.Client(base_url=url, timeout=ANSWER_SECONDS, limits=_NONE_KEPT)
            for name, url in running.addresses.items()
        }
        token = issue(Bearer(subject, roles), Keys(home.keys).issuer_key(), now=datetime.now(UTC))
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def post(self, service: str, path: str, body: Body, version: int | None = None) -> Body:
        """POST, once and for all: the key lets a repeated request answer the same."""
        headers = {"Idempotency-Key": str(uuid4()), **_matching(version)}
        return _told(self._send(service, "POST", path, json=body, headers=headers))

    def compute(self, service: str, path: str, body: Body) -> Body:
        """POST a question."""
        return _told(self._send(service, "POST", path, json=body))

    def get(self, service: str, path: str, **query: str) -> Body:
        """GET."""
        return _told(self._send(service, "GET", path, params=query))

    def find(self, service: str, path: str) -> Body | None:
        """GET what may not be there."""
        response = self._send(service, "GET", path)
        return None if response.status_code == httpx.codes.NOT_FOUND else _told(response)

    def send_yaml(self, service: str, method: str, path: str, text: str, version: int | None = None) -> Body:
        """POST or PUT a YAML document."""
        headers = {"Content-Type": YAML, **_matching(version)}
        return _told(self._send(service, method, path, content=text.encode(), headers=headers))

    def send_file(self, service: str, path: str, content: bytes, media: str, **query: str) -> Body:
        """POST a file; the service looks into it before it answers."""
        headers = {"Content-Type": media, "Idempotency-Key": str(uuid4())}
        sent: Body = {"content": content, "params": query, "timeout": FILE_SECONDS}
        return _told(self._send(service, "POST", path, headers, **sent))

    def _send(
        self,
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,  # noqa: ANN401 - what httpx takes
    ) -> httpx.Response:
        client = self._clients.get(f"{service}-api")
        if client is None:
            names = ", ".join(sorted(name.removesuffix("-api") for name in self._clients if "-api" in name))
            give_up(f"There is no service {service} in this copy; its services are {names}.")
        try:
            return client.request(method, path, headers={**self._headers, **(headers or {})}, **more)
        except httpx.TransportError as error:
            give_up(
                f"{service} does not answer at {client.base_url} ({error}). See what `aftercare up` prints "
                "it, wait until its /readyz answers 200, and try again."
            )


def _matching(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _told(response: httpx.Response) -> Body:
    if response.is_error:
        give_up(_refusal(response))
    told: Body = response.json()
    return told


def _refusal(response: httpx.Response) -> str:
    asked = f"{response.request.method} {response.request.url.path}"
    try:
        problem = response.json()
    except ValueError:
        return f"{asked}: status {response.status_code}. See the service's log."
    lines = [f"{asked}: {problem['title']} {problem['detail']}"]
    for entry in problem.get("errors", ()):
        place = f"line {entry['line']}" if "line" in entry else entry.get("pointer", entry.get("parameter"))
        lines.append(f"  {place}: {entry['detail']}")
    return "\n".join(lines)
