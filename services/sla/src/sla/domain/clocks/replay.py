"""Replaying a subject's facts into its clocks: a pure function, in whatever order they arrived."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sla.domain.clocks.course import Course
from sla.domain.clocks.facts import Fact, Subject, changes_of, in_order
from sla.domain.clocks.finish import clock_of
from sla.domain.clocks.state import Cause, Clock
from sla.domain.clocks.world import Agreement, Prepared, World
from sla.domain.matching import Contender, Known, compete, moved

_NO_CHANGE: Mapping[str, object] = {}


def replay(subject: Subject, facts: Iterable[Fact], world: World) -> tuple[Clock, ...]:
    """The clocks of ``subject``, in the order in which they began.

    Args:
        subject: what the facts are about.
        facts: all that is known of it; arrival order and doubles do not matter.
        world: what was published up to now.
    """
    ordered = in_order(facts)
    if not ordered:
        return ()
    return _Replay(subject, ordered, world).run()


class _Replay:
    """One pass over the facts of one subject."""

    def __init__(self, subject: Subject, facts: tuple[Fact, ...], world: World) -> None:
        self.subject = subject
        self.facts = facts
        self.world = world
        self.names = world.facts.get(subject.type, frozenset())
        self.known: dict[str, object] = {}
        self.courses: list[Course] = []
        self.live: dict[str, Course] = {}
        self.taken: set[tuple[str, UUID]] = set()

    def run(self) -> tuple[Clock, ...]:
        changes = changes_of(self.facts, self.names)
        customers = {str(fact.data.get("customer_id", "")) for fact in self.facts}
        news = self.world.publications_after(self.facts[0].occurred_at, customers)
        passed = 0
        for number, fact in enumerate(self.facts):
            while passed < len(news) and news[passed] <= fact.occurred_at:
                self._published(news[passed])
                passed += 1
            self._hear(number, fact, changes[fact.event_id])
        for at in news[passed:]:
            self._published(at)
        customer = self._customer()
        return tuple(clock_of(self.subject, course, customer) for course in self.courses)

    def _customer(self) -> str | None:
        customer = self.known.get("customer_id")
        return None if customer is None else str(customer)

    def _agreed(self, started_at: datetime, told_at: datetime, at: datetime) -> Agreement | None:
        """The agreement for what started then, as known at ``at``, and at the latest when it was told.

        News that arrives after an agreement was recorded is judged by it from its start, however long ago
        that was. What was told before, and runs, moves to the agreement when that is recorded; what had
        ended by then stays as it was judged.
        """
        if not self.world.agreements:
            return None
        return self.world.agreement_for(self._customer(), started_at, max(told_at, at))

    def _plan_at(self, fact: Fact) -> Prepared | None:
        at = fact.occurred_at
        return self.world.plan_for(self._agreed(at, fact.recorded_at, at), at)

    def _published(self, at: datetime) -> None:
        for course in tuple(self.live.values()):
            self._rejudge(course, at, None, Cause.PUBLICATION, "from_start", _NO_CHANGE)

    def _hear(self, number: int, fact: Fact, changed: Mapping[str, object]) -> None:
        self.known.update(changed)
        known = {**fact.data, **self.known}
        if number:
            self._move(fact, known, changed)
            self._reopen(fact, known)
        self._start(number, fact)
        if number and changed:
            self._attach(number, fact, changed)

    def _move(self, fact: Fact, known: Known, changed: Mapping[str, object]) -> None:
        for course in tuple(self.live.values()):
            move = moved(course.promise.retarget, fact.type, known)
            if move or self._is_decisive(course, changed):
                policy = (move.policy if move else None) or "from_start"
                self._rejudge(course, fact.occurred_at, fact, Cause.FACT, policy, changed)
            if course.end is None:
                course.hear(fact, known)
            self._settle(course)

    def _settle(self, course: Course) -> None:
        if course.end is None:
            self.live[course.metric] = course
        elif self.live.get(course.metric) is course:
            del self.live[course.metric]

    def _is_decisive(self, course: Course, changed: Mapping[str, object]) -> bool:
        fields = course.prepared.index.decisive.get((self.subject.type, course.metric), frozenset())
        return "customer_id" in changed or not fields.isdisjoint(changed)

    def _rejudge(
        self,
        course: Course,
        at: datetime,
        by: Fact | None,
        cause: Cause,
        policy: str,
        changed: Mapping[str, object],
    ) -> None:
        agreed = self._agreed(course.started_at, course.told_at, at)
        prepared = self.world.plan_for(agreed, at)
        if prepared is None:
            return
        competition = compete(
            self._contenders(prepared, course.origin, course.metric), {**course.origin.data, **self.known}
        )
        before = course.promise
        course.rejudge(at, prepared, agreed, competition, by=by, cause=cause, policy=policy, changed=changed)
        if course.end is None and course.promise is not before:
            self._align_pause(course, at)
        self._settle(course)

    def _align_pause(self, course: Course, at: datetime) -> None:
        """A commitment that pauses otherwise than the one before it waits, or goes on, from the change."""
        holding = self._holding(course, at)
        if holding and course.waiting is None:
            course.pause(at, holding)
        elif course.waiting and not holding:
            course.resume(at, None)

    def _holding(self, course: Course, at: datetime) -> Fact | None:
        """The fact whose pause condition holds at ``at``, None when none does."""
        promise = course.promise
        for fact in reversed(self.facts):
            if fact.occurred_at > at:
                continue
            known = {**self.known, **fact.data}
            if moved(promise.pause, fact.type, known):
                return fact
            if moved(promise.resume, fact.type, known):
                return None
        return None

    def _contenders(self, prepared: Prepared, fact: Fact, metric: str) -> tuple[Contender, ...]:
        return prepared.index.starts.get((self.subject.type, fact.type), {}).get(metric, ())

    def _reopen(self, fact: Fact, known: Known) -> None:
        latest = {course.metric: course for course in self.courses if course.end}
        for metric, course in latest.items():
            move = course.hear_after(fact, known)
            if move is None or metric in self.live:
                continue
            if move.policy == "new_clock":
                self._begin(course.origin, fact, metric, fact.occurred_at)
            else:
                course.reopen(fact, move.policy or "continue")
                self._resume_course(course, fact)

    def _resume_course(self, course: Course, fact: Fact) -> None:
        self._settle(course)
        self._rejudge(course, fact.occurred_at, fact, Cause.REOPENING, "from_start", _NO_CHANGE)
        if course.end is None:
            self._align_pause(course, fact.occurred_at)

    def _start(self, number: int, fact: Fact) -> None:
        prepared = self._plan_at(fact)
        if prepared is None:
            return
        for metric in prepared.index.starts.get((self.subject.type, fact.type), ()):
            if metric in self.live:
                self._absorb(self.live[metric], fact)
                continue
            course = self._begin(fact, fact, metric, fact.occurred_at)
            if course and number:
                self._align_pause(course, fact.occurred_at)

    def _begin(self, origin: Fact, start: Fact, metric: str, now: datetime) -> Course | None:
        if (metric, start.event_id) in self.taken:
            return None
        agreed = self._agreed(start.occurred_at, start.recorded_at, now)
        prepared = self.world.plan_for(agreed, now)
        if prepared is None:
            return None
        competition = compete(self._contenders(prepared, origin, metric), {**origin.data, **self.known})
        if competition.winner is None:
            return None
        course = Course(self.world, metric, origin, start, prepared, agreed, competition, competition.winner)
        self.taken.add((metric, start.event_id))
        self.courses.append(course)
        self.live[metric] = course
        return course

    def _attach(self, number: int, fact: Fact, changed: Mapping[str, object]) -> None:
        """Facts learnt late may make a promise apply to what happened before: it counts from then."""
        prepared = self._plan_at(fact)
        decisive = prepared.index.decisive if prepared else {}
        for (subject, metric), fields in decisive.items():
            is_concerned = subject == self.subject.type and not fields.isdisjoint(changed)
            if is_concerned and metric not in self.live and not self._revive(metric, fact, changed):
                self._attach_metric(metric, number, fact)

    def _attach_metric(self, metric: str, number: int, fact: Fact) -> None:
        for place, start in enumerate(self.facts[:number]):
            course = self._begin(start, start, metric, fact.occurred_at)
            if course:
                course.attach(fact)
                self._catch_up(course, place, number)
                return

    def _catch_up(self, course: Course, place: int, number: int) -> None:
        """What happened between the start and the fact that made the promise apply counts as well."""
        self._align_pause(course, course.started_at)
        for fact in self.facts[place + 1 : number + 1]:
            known = {**self.known, **fact.data}
            if course.end is None:
                course.hear(fact, known)
                self._absorb(course, fact)
            elif move := course.hear_after(fact, known):
                course.reopen(fact, move.policy or "continue")
        self._settle(course)

    def _absorb(self, course: Course, fact: Fact) -> None:
        if self._contenders(course.prepared, fact, course.metric):
            course.absorbed.append(fact.event_id)
            self.taken.add((course.metric, fact.event_id))

    def _revive(self, metric: str, fact: Fact, changed: Mapping[str, object]) -> bool:
        """A clock that ended because no promise applied goes on when one applies again."""
        for course in reversed(self.courses):
            if course.metric != metric or course.end is None or not course.end.is_withdrawn:
                continue
            contenders = self._contenders(course.prepared, course.origin, metric)
            if compete(contenders, {**course.origin.data, **self.known}).winner:
                course.reopen(fact, "continue")
                self._rejudge(course, fact.occurred_at, fact, Cause.FACT, "from_start", changed)
                return True
        return False
