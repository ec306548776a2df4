"""Lifecycles as tables: which action leads from which states to which, and what it needs and announces."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from common.errors import Conflict, Forbidden

STAFF = frozenset({"agent", "engineer", "lead", "manager"})
"""Roles of the vendor's people, named where a customer's user may not take an action."""

LEADS = frozenset({"lead", "manager", "admin"})
"""Who decides what a desk's people prepare."""

MANAGERS = frozenset({"manager", "admin"})
"""Who decides what binds the vendor: contracts, money, and against what a rule says."""

NOBODY: frozenset[str] = frozenset()
"""The roles of an action that comes by itself: no caller is offered it, and it is no operation."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who would take an action: refusals tell of what is open to them.

    Args:
        roles: theirs.
        is_customer: whether they are a customer's user.
    """

    roles: frozenset[str]
    is_customer: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a lifecycle.

    Args:
        sources: states the action may start from.
        target: state it leads to; ``None`` leaves the state as it is.
        event: bus type (unprefixed) of what it announces.
        needs: names of what the action must be given or find true, for readers and documents.
    """

    sources: frozenset[str]
    target: str | None
    event: str
    needs: tuple[str, ...] = ()

    def lands_in(self, state: str) -> str:
        """The state after the action, started from ``state``."""
        return self.target or state


def step(sources: str, target: str | None, event: str, *needs: str) -> Transition:
    """A transition written on one line; ``sources`` are separated by blanks."""
    return Transition(frozenset(sources.split()), target, event, needs)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A lifecycle: its name, where it begins and its table of transitions.

    Args:
        name: vocabulary name of the states (``ticket_state``).
        initial: the state a new thing is in.
        transitions: action (as in the path) to transition.
        roles: actions that only some roles may take; all others need no more than the scope. One that no role
            may take (``NOBODY``) comes by itself: it follows from time or from another thing's move.
        customer_may: actions that a customer's own users may take on what is their organisation's.
    """

    name: str
    initial: str
    transitions: Mapping[str, Transition] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    customer_may: frozenset[str] = frozenset()

    @property
    def verbs(self) -> tuple[str, ...]:
        """The actions that somebody takes, each an operation of the API; what comes by itself is none."""
        return tuple(action for action in self.transitions if self.roles.get(action) != NOBODY)

    def ask(
        self, action: str, state: str, *, said_as: str | None = None, asker: Asker | None = None
    ) -> Transition:
        """The transition of ``action`` from ``state``.

        Args:
            action: verb as in the path.
            state: present state.
            said_as: what the caller did, where that is something else which ``action``'s row decides on too;
                the refusal names it.
            asker: who asks; ``None`` is nobody in particular.

        Raises:
            Conflict: ``invalid-state-transition`` with the present state and what is open to the asker in it.
        """
        transition = self.transitions.get(action)
        if transition is None or state not in transition.sources:
            raise Conflict(
                "invalid-state-transition",
                action=said_as or action,
                current_state=state,
                allowed_actions=self._open_to(asker, state),
            )
        return transition

    def _open_to(self, asker: Asker | None, state: str) -> list[str]:
        if asker is None:
            return self.allowed(state)
        return self.open_to(state, asker.roles, is_customer=asker.is_customer)

    def allowed(self, state: str) -> list[str]:
        """Actions that somebody may take in ``state``, in the table's order."""
        return [action for action in self.verbs if state in self.transitions[action].sources]

    def may(self, action: str, roles: frozenset[str], *, is_customer: bool) -> bool:
        """Whether a caller with ``roles`` may take ``action`` at all."""
        if is_customer:
            return action in self.customer_may
        needed = self.roles.get(action)
        return needed is None or bool(needed & roles)

    def open_to(
        self, state: str, roles: frozenset[str], *, is_customer: bool, barred: Collection[str] = ()
    ) -> list[str]:
        """Actions open to the caller in ``state``, in the table's order.

        Args:
            state: present state.
            roles: the caller's.
            is_customer: whether the caller is a customer's user.
            barred: actions that something else on the row keeps from being taken now.
        """
        open_ = (action for action in self.allowed(state) if action not in barred)
        return [action for action in open_ if self.may(action, roles, is_customer=is_customer)]

    def check_permission(
        self, action: str, roles: frozenset[str], *, is_customer: bool, said_as: str | None = None
    ) -> None:
        """Refuse an action that the caller's role does not include; the refusal names ``said_as``, as above.

        Raises:
            Forbidden: ``action-needs-role``.
        """
        if not self.may(action, roles, is_customer=is_customer):
            needed = sorted(self.roles.get(action, STAFF))
            raise Forbidden("action-needs-role", action=said_as or action, roles=needed)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order the table reaches them."""
        seen = dict.fromkeys([self.initial])
        for row in self.transitions.values():
            seen.update(dict.fromkeys(sorted(row.sources)))
            if row.target:
                seen[row.target] = None
        return tuple(seen)

    def mermaid(self) -> str:
        """The lifecycle as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for action, row in self.transitions.items():
            lines += [f"    {source} --> {row.lands_in(source)}: {action}" for source in sorted(row.sources)]
        return "\n".join(lines)
