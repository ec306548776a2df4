"""`aftercare demo`: plays a story from the service plan through the public APIs and prints what was kept."""

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from aftercare.commands.options import DEFAULT_HOME, HomeOption, running_in
from aftercare.desk import Desk
from aftercare.story import Story


def demo(home: HomeOption = DEFAULT_HOME) -> None:
    """Play a level-1 fault from the report to its solution on a running copy, and print its clocks."""
    place, running = running_in(home)
    desk = Desk(place, running, "demo", ("agent", "engineer", "lead", "manager"))
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
