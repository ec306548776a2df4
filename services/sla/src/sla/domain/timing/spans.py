"""The due times a clock has had, one after another: what warnings and breaches are crossed against."""

from dataclasses import replace
from datetime import datetime

from sla.domain.business_time import instant
from sla.domain.timing.course import Course
from sla.domain.timing.result import DueSpan, SpanCause


class Spans:
    """Collects the spans of one clock while its facts are folded."""

    def __init__(self) -> None:
        self.found: list[DueSpan] = []

    def settle(self, course: Course, at: int, cause: SpanCause) -> None:
        """Bring the spans up to date with a course: end the one in force, begin another, or neither."""
        if course.held_since is not None:
            self.end(at, crossable_until=at)
        elif not self._is_in_force(course):
            self.end(at, crossable_until=at)
            self._begin(course, at, cause)

    def end(self, at: int, *, crossable_until: int) -> None:
        """No due time is in force from an instant on; thresholds before ``crossable_until`` were crossed."""
        if self.found and self.found[-1].effective_until is None:
            self.found[-1] = replace(
                self.found[-1], effective_until=instant(at), crossable_until=instant(crossable_until)
            )

    def breached_at(self) -> datetime | None:
        """When the last due time was passed, or found passed at the change that made it due then (T7)."""
        revision = self.found[-1].revision
        crossings = (span.crossing(100) for span in self.found if span.revision == revision)
        return next((crossed for crossed in crossings if crossed is not None), None)

    def _is_in_force(self, course: Course) -> bool:
        last = self.found[-1] if self.found else None
        return last is not None and last.effective_until is None and last.due_at == instant(course.due)

    def _begin(self, course: Course, at: int, cause: SpanCause) -> None:
        """Only the due time that was in force before a pause is still the same one after it."""
        due_at, last = instant(course.due), self.found[-1] if self.found else None
        goes_on = last is not None and cause in {"resumed", "reopened"}
        is_same = last is not None and goes_on and last.due_at == due_at
        self.found.append(
            DueSpan(
                revision=1 if last is None else last.revision + (not is_same),
                cause=cause,
                effective_from=instant(at),
                effective_until=None,
                due_at=due_at,
                course=course,
                crossed_before=last.crossable_until if last and goes_on else None,
            )
        )
