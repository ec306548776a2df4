"""An explanation as sentences that a person, or a court, can follow from the promise to the outcome."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sla.domain.clocks.state import Cause, ClockState, Retarget
from sla.domain.explanation.told import Agreed, Explanation, Moved, Round, Seconds, Wait
from sla.domain.explanation.words import PHRASES, WEEKDAYS
from sla.domain.matching import Candidate
from sla.domain.plans.model import Condition, Operator
from sla.domain.timing import Window


def sentences(told: Explanation, language: str) -> tuple[str, ...]:
    """``told`` in ``zh-CN`` or ``en``, times in the calendar's zone."""
    return tuple(_Speaker(told, language).all())


class _Speaker:
    """Speaks one explanation in one language."""

    def __init__(self, told: Explanation, language: str) -> None:
        self.told = told
        self.language = language
        self.phrases = PHRASES[language]

    def all(self) -> Iterator[str]:
        yield from self._promise()
        for one in self.told.rounds:
            yield from self._round(one)
        if self.told.assumed:
            yield self._say("assumed", fields=self._list(self.told.assumed))
        yield from (self._retarget(one) for one in self.told.retargets)
        yield from self._counted()
        yield from self._reopened()
        yield from (self._wait(one) for one in self.told.waits)
        yield from self._outcome()
        yield from (self._event(one) for one in self.told.events)
        if self.told.absorbed:
            yield self._say("absorbed", count=len(self.told.absorbed))

    def _say(self, phrase: str, **facts: object) -> str:
        return self.phrases[phrase].format(**facts)

    def _list(self, items: tuple[object, ...]) -> str:
        return self.phrases["list"].join(str(item) for item in items)

    def _promise(self) -> Iterator[str]:
        told = self.told
        unit, amount = next(iter(told.target.items()))
        yield self._say(
            "promise",
            plan=told.plan_id,
            revision=told.plan_revision,
            clause=told.clause,
            title=told.titles.get(self.language, told.commitment_id),
            target=self._say(f"target_{unit}", amount=amount),
            calendar=told.calendar_id,
            calendar_revision=told.calendar_revision,
            zone=told.time_zone,
        )
        if told.agreement:
            yield self._agreement("agreement", told.agreement)
        if told.later_agreement:
            yield self._agreement("later_agreement", told.later_agreement)
        if told.agreed_in:
            yield self._say("agreed_in", contract=told.agreed_in)
        first = told.rounds[0]
        yield self._say("start", at=self._at(first.at), event=self._id(first.event_id))
        if told.attached_at:
            yield self._say("attached", at=self._at(told.attached_at))

    def _agreement(self, phrase: str, one: Agreed) -> str:
        ends = self._say("until", at=self._at(one.ends_at)) if one.ends_at else self.phrases["open_end"]
        recorded = self._at(one.recorded_at)
        return self._say(
            phrase, id=one.id, plan=one.plan_id, starts=self._at(one.starts_at), ends=ends, recorded=recorded
        )

    def _round(self, one: Round) -> Iterator[str]:
        alike: dict[tuple[object, ...], list[Candidate]] = {}
        for candidate in one.candidates:
            rank = (candidate.specificity, candidate.priority)
            why = (candidate.verdict, candidate.clause, candidate.failed, *rank)
            alike.setdefault(why, []).append(candidate)
        for group in alike.values():
            yield self._candidates(one, group)

    def _candidates(self, one: Round, group: Sequence[Candidate]) -> str:
        first = group[0]
        held = self.phrases["and"].join(self._condition(condition) for condition in first.conditions)
        return self._say(
            first.verdict.value,
            at=self._at(one.at),
            id=self._list(tuple(candidate.commitment_id for candidate in group)),
            clause=first.clause,
            count=first.specificity,
            priority=first.priority,
            conditions=held or self.phrases["always"],
            condition=self._condition(first.failed),
            found=first.found or self.phrases["unknown"],
        )

    def _condition(self, condition: Condition | None) -> str:
        if condition is None:
            return ""
        if condition.operator is Operator.EXISTS:
            return self._say("exists" if condition.operand else "missing", field=condition.field)
        operand = condition.operand
        values = self._list(operand) if isinstance(operand, tuple) else str(operand)
        phrase = "one_of" if condition.operator is Operator.IN else condition.operator.value
        return self._say(phrase, field=condition.field, values=values)

    def _retarget(self, one: Retarget) -> str:
        why = self._say(f"why_{one.cause.value}", changed=self._list(one.changed))
        if one.cause is Cause.FACT and not one.changed:
            why = self._say("why_fact", changed=self._id(one.event_id))
        facts = {"at": self._at(one.at), "before": one.before, "after": one.after, "why": why}
        if one.is_kept:
            return self._say("retarget_kept", **facts)
        return self._say("retarget", policy=self.phrases[one.policy], **facts)

    def _counted(self) -> Iterator[str]:
        told = self.told
        days = [one for one in told.windows if told.is_in_days and not one.is_given_back]
        yield from (self._day(number, window) for number, window in enumerate(days, start=1))
        yield from (self._window(window) for window in told.windows[len(days) :])
        for closed in told.closed_days:
            yield self._say(f"closed_{closed.reason.value}", date=self._date(closed.on))
        if told.is_in_days:
            back = sum(window.counted_seconds for window in told.windows[len(days) :])
            yield self._say("sum_days_back" if back else "sum_days", count=len(days), back=self._span(back))
        else:
            yield self._say("sum", counted=self._span(told.counted_seconds), of=self._of())

    def _day(self, number: int, window: Window) -> str:
        on = window.opens_at.astimezone(self.told.zone).date()
        return self._say("day", number=number, date=self._date(on)) + self._reason(window)

    def _window(self, window: Window) -> str:
        opens, closes = (one.astimezone(self.told.zone) for one in (window.opens_at, window.closes_at))
        until = _clock_time(closes) if closes.date() == opens.date() else self._at(window.closes_at)
        span = f"{self._at(window.opens_at)}–{until}"
        counted = self._span(window.counted_seconds)
        return self._say("window", span=span, counted=counted) + self._reason(window)

    def _reason(self, window: Window) -> str:
        back = self.phrases["window_given_back"] if window.is_given_back else ""
        return back + self.phrases.get(f"window_{window.reason.value}", "")

    def _of(self) -> str:
        told = self.told
        if told.counted_seconds == told.elapsed_seconds and told.state is not ClockState.BREACHED:
            return self.phrases["of_elapsed"]
        elapsed, left = self._span(told.elapsed_seconds), told.remaining_seconds
        if left < 0:
            return self._say("of_target_late", elapsed=elapsed, over=self._span(-left))
        return self._say("of_target", elapsed=elapsed, remaining=self._span(left))

    def _reopened(self) -> Iterator[str]:
        for one in self.told.reopenings:
            if one.policy == "restart":
                yield self._say("restarted", at=self._at(one.at))

    def _wait(self, one: Wait) -> str:
        facts = {
            "start": self._at(one.started_at),
            "end": self._at(one.ended_at),
            "reason": one.reason or self.phrases["no_reason"],
            "actor": one.actor or self.phrases["nobody_named"],
            "event": self._id(one.started_by),
            "back": self._span(one.given_back_seconds or 0),
        }
        if one.kind == "stopped":
            return self._say("wait_stopped", **facts)
        if one.ended_at is None:
            return self._say("wait_open", **facts)
        return self._say("wait" if one.given_back_seconds else "wait_void", **facts)

    def _outcome(self) -> Iterator[str]:
        told = self.told
        phrase = f"state_{told.state.value}"
        if told.state is ClockState.MET and told.due_at is None:
            phrase = "state_met_paused"
        if told.is_withdrawn:
            phrase = "state_withdrawn"
        yield self._say(
            phrase,
            due=self._at(told.due_at),
            stopped=self._at(told.stopped_at),
            breached=self._at(told.breached_at),
            remaining=self._span(told.remaining_seconds),
        )
        if told.state is ClockState.CANCELLED and told.breached_at:
            yield self._say("late_cancelled", breached=self._at(told.breached_at))
        if told.is_provisional:
            yield self.phrases["provisional"]

    def _event(self, one: Moved) -> str:
        return self._say(
            "event",
            type=one.type,
            event=self._id(one.event_id),
            at=self._at(one.occurred_at),
            recorded=self._at(one.recorded_at),
            late=self.phrases["told_late"] if one.is_told_late else "",
            actor=one.actor or self.phrases["nobody_named"],
        )

    def _at(self, moment: datetime | None) -> str:
        if moment is None:
            return "–"
        local = moment.astimezone(self.told.zone)
        return f"{self._date(local.date())} {_clock_time(local)}"

    def _date(self, on: date) -> str:
        weekday = WEEKDAYS[self.language][on.weekday()]
        return self._say("date", year=on.year, month=on.month, day=on.day, weekday=weekday)

    def _span(self, seconds: Seconds) -> str:
        whole, rest = divmod(seconds, 60)
        hours, minutes = divmod(int(whole), 60)
        parts = [("h", hours), ("min", minutes), ("s", round(rest, 6) if rest % 1 else int(rest))]
        said = [self._say(unit, n=amount) for unit, amount in parts if amount]
        return " ".join(said) or self._say("s", n=0)

    @staticmethod
    def _id(event_id: UUID | None) -> str:
        return "–" if event_id is None else str(event_id)


def _clock_time(local: datetime) -> str:
    if local.microsecond:
        return local.strftime("%H:%M:%S.%f")
    return local.strftime("%H:%M:%S") if local.second else local.strftime("%H:%M")
