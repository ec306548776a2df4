"""`aftercare demo`: plays a story from the service plan through the public APIs and prints what was kept."""

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from aftercare.commands.options import DEFAULT_HOME, HomeOption, running_in
from aftercare.desk import Desk
from aftercare.ownership import LANGUAGES, Ownership
from aftercare.story import Story

TELLING = ("scope", "starts_on", "ends_on", "cause")
HELD = {True: "yes", False: "no ", None: "?  "}


def demo(home: HomeOption = DEFAULT_HOME) -> None:
    """Play a level-1 fault with its clocks, and three years of a device with who paid for its faults."""
    place, running = running_in(home)
    desk = Desk(place, running, "demo", ("agent", "engineer", "lead", "manager", "stock"))
    console = Console(highlight=False)
    now = _whole_minute(datetime.now(UTC))
    owned = Ownership(desk, datetime.now(UTC))
    with console.status("Playing the first story: a level-1 fault…"):
        owned.introduce()
        story = Story(desk, now - timedelta(hours=6), owned.ids["customer"], owned.ids["site"])
        story.play()
        story.wait_for_clocks()
    _print_timeline(console, story)
    _print_clocks(console, story)
    _print_explanation(console, story)
    _print_deadline(console, desk)
    with console.status("Playing the second story: a device from its acceptance on…"):
        owned.play()
    _print_terms(console, owned)
    _print_claims(console, owned)


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


def _print_terms(console: Console, owned: Ownership) -> None:
    table = Table("clause", "of", "from", "first day", "last day", "replaced on", title="Warranty terms")
    for term in owned.terms():
        item = "device" if term["component_id"] is None else "power module"
        days = (str(term[name] or "") for name in ("starts_on", "ends_on", "ended_on"))
        table.add_row(term["clause"], item, term["source"], *days)
    console.print(table)


def _print_claims(console: Console, owned: Ownership) -> None:
    """Who paid for each fault, and why, in both languages."""
    labels = owned.rule_labels()
    for claim in owned.claims:
        decision = claim["decision"]
        console.rule(
            f"{claim['number']}: {claim['noticed_at'][:10]}, {claim['state']}, {decision['coverage']}"
        )
        for reason in decision["reasons"]:
            names = " / ".join(labels[reason["rule"]][language] for language in LANGUAGES)
            told = ", ".join(f"{name}={reason['facts'][name]}" for name in TELLING if name in reason["facts"])
            console.print(f"  {HELD[reason['holds']]} {reason['clause']} {names} {told}")
    total = owned.quote["total"]
    console.print(
        f"{owned.quote['number']}: {total['amount']} {total['currency']}, {owned.quote['state']} "
        f"by {owned.quote['accepted_by']} before work began"
    )
