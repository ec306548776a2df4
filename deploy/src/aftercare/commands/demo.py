"""`aftercare demo`: plays a story from the service plan through the public APIs and prints what was kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.table import Table

from aftercare.commands.options import DEFAULT_HOME, HomeOption, give_up
from aftercare.home import Home
from aftercare.keys import Keys
from aftercare.story import Story
from aftercare.tokens import Bearer, issue

Body = dict[str, Any]


class Desk:
    """A service desk's client: one connection per service, tokens of the roles that the story needs.

    Args:
        addresses: process to base URL.
        keys: keys of the copy that the story is played on.
    """

    def __init__(self, addresses: dict[str, str], keys: Keys) -> None:
        self._clients = {name: httpx.Client(base_url=url, timeout=10) for name, url in addresses.items()}
        bearer = Bearer("demo", ["agent", "engineer", "lead", "manager"])
        token = issue(bearer, keys.issuer_key(), now=datetime.now(UTC))
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def post(self, service: str, path: str, body: Body) -> Body:
        """POST, once and for all: the key lets a repeated request answer the same."""
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        return _told(self._clients[f"{service}-api"].post(path, json=body, headers=headers))

    def compute(self, service: str, path: str, body: Body) -> Body:
        """POST a question."""
        return _told(self._clients[f"{service}-api"].post(path, json=body, headers=self._headers))

    def get(self, service: str, path: str, **query: str) -> Body:
        """GET."""
        return _told(self._clients[f"{service}-api"].get(path, params=query, headers=self._headers))


def _told(response: httpx.Response) -> Body:
    if response.is_error:
        problem = response.json()
        give_up(
            f"{response.request.method} {response.request.url.path}: {problem['title']} {problem['detail']}"
        )
    told: Body = response.json()
    return told


def demo(home: HomeOption = DEFAULT_HOME) -> None:
    """Play a level-1 fault from the report to its solution on a running copy, and print its clocks."""
    place = Home(home.absolute())
    running = place.running()
    if running is None:
        give_up(f"Nothing runs on {place.folder}. Start it with `make up`, then play the demo.")
    desk = Desk(running.addresses, Keys(place.keys))
    console = Console(highlight=False)
    story = Story(desk, _whole_minute(datetime.now(UTC)) - timedelta(hours=6))
    with console.status("Playing the story…"):
        story.play()
        story.wait_for_clocks()
    _print_timeline(console, story)
    _print_clocks(console, story)
    _print_explanation(console, story)
    _print_deadline(console, desk)


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _clock_time(value: str | None) -> str:
    return "" if value is None else datetime.fromisoformat(value).astimezone().strftime("%m-%d %H:%M:%S")


def _print_timeline(console: Console, story: Story) -> None:
    table = Table("when", "what", "details", title=f"{story.ticket['number']}: {story.ticket['title']}")
    for entry in story.timeline():
        details = ", ".join(
            f"{name}={value}" for name, value in entry["facts"].items() if _is_telling(name, value)
        )
        table.add_row(_clock_time(entry["occurred_at"]), entry["type"], details)
    console.print(table)


def _is_telling(name: str, value: object) -> bool:
    return value not in (None, "", False) and not name.endswith("_id") and name != "visit_version"


def _print_clocks(console: Console, story: Story) -> None:
    table = Table("clause", "commitment", "started", "due", "stopped", "outcome", title="Clocks")
    for clock in story.clocks():
        times = (_clock_time(clock[name]) for name in ("started_at", "due_at", "stopped_at"))
        colour = "red" if clock["state"] in ("breached", "met_late") else "green"
        table.add_row(clock["clause"], clock["commitment_id"], *times, f"[{colour}]{clock['state']}[/]")
    console.print(table)


def _print_explanation(console: Console, story: Story) -> None:
    sentences = story.explanation()["sentences"]
    for language in ("zh-CN", "en"):
        console.rule(language)
        for sentence in sentences[language]:
            console.print(sentence)


def _print_deadline(console: Console, desk: Desk) -> None:
    """A complaint on the eve of a make-up weekend: when the first reply and the settlement are due."""
    start = "2026-10-09T17:00:00+08:00"
    console.rule("complaint-desk")
    for name, target in (("first reply", {"hours": 2}), ("settled", {"working_days": 5})):
        asked = {"calendar": "complaint-desk", "start": start, "target": target}
        told = desk.compute("sla", "/v1/deadlines:compute", asked)
        due = _there(told["due_at"], start)
        console.print(f"§1.2.1.2 {name}: complained Fri 2026-10-09 17:00, due {due:%a %Y-%m-%d %H:%M}")
        for window in told["windows"]:
            opens, closes = _there(window["opens_at"], start), _there(window["closes_at"], start)
            counted = f"{window['counted_seconds']} s ({window['reason']})"
            console.print(f"   {opens:%a %m-%d %H:%M}–{closes:%H:%M} = {counted}")


def _there(moment: str, like: str) -> datetime:
    """``moment`` in the zone that ``like`` is written in."""
    return datetime.fromisoformat(moment).astimezone(datetime.fromisoformat(like).tzinfo)
