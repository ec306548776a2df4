"""The demo's story: a bank's branch out of town goes dark, and the vendor keeps (and misses) its promises."""

import time
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

Body = dict[str, Any]

PATIENCE_SECONDS = 30.0
CHECKLIST = ["customer_rules_read", "procedure_known", "data_and_systems_safe"]


class Api(Protocol):
    """What the story speaks through."""

    def post(self, service: str, path: str, body: Body) -> Body:
        """Change something."""

    def get(self, service: str, path: str, **query: str) -> Body:
        """Read something."""


class Story:
    """Plays the story so that it began at a given moment.

    Args:
        api: the services.
        began_at: when the branch reported; the story takes five and a half hours.
        customer_id: the bank.
        site_id: the branch; how far it is decides how soon somebody must be there.
    """

    def __init__(self, api: Api, began_at: datetime, customer_id: str, site_id: str) -> None:
        self._api = api
        self._began_at = began_at
        self._where = {"customer_id": customer_id, "site_id": site_id}
        self.ticket: Body = {}

    def play(self) -> None:
        """From the report by phone to the closed ticket."""
        self._report()
        self._act("acknowledge", 40)
        self._act("verifyReporter", 42, how="called back under the number on file")
        self._act("start", 44)
        self._remote_session_fails()
        self._visit()
        self._act(
            "resolve",
            330,
            cause_code="power",
            fix="Replaced the failed power module and cleared the alarms.",
            prevention="Feed the second module from the other UPS.",
        )
        self._act("close", 331)
        self.ticket = self._api.get("ticketing", self._path)

    @property
    def _path(self) -> str:
        return f"/v1/tickets/{self.ticket['id']}"

    def _at(self, minutes: float) -> str:
        return (self._began_at + timedelta(minutes=minutes)).isoformat()

    def _act(self, action: str, minutes: float, **told: Any) -> None:  # noqa: ANN401 - an action's own fields
        self._api.post("ticketing", f"{self._path}:{action}", {**told, "occurred_at": self._at(minutes)})

    def _report(self) -> None:
        report = {
            "kind": "incident",
            "title": "Branch offline: core switch without power / 支行断网，核心交换机掉电",
            "description": "No counter can reach the host. The branch is two hours out of town.",
            "channel": "hotline",
            "severity": 1,
            **self._where,
            "failed_at": self._at(-10),
            "reported_at": self._at(0),
        }
        self.ticket = self._api.post("ticketing", "/v1/tickets", report)

    def _remote_session_fails(self) -> None:
        consent = {
            "granted_by": "Head of operations",
            "scope": "diagnosis",
            "granted_at": self._at(45),
            "expires_at": self._at(45 + 24 * 60),
        }
        granted = self._api.post("ticketing", f"{self._path}/consents", consent)
        begun = {"kind": "remote", "consent_id": granted["id"], "started_at": self._at(50)}
        session = self._api.post("ticketing", f"{self._path}/support-sessions", begun)
        ended = {"outcome": "failed", "actions": "The switch does not answer.", "occurred_at": self._at(90)}
        self._api.post("ticketing", f"{self._path}/support-sessions/{session['id']}:end", ended)

    def _visit(self) -> None:
        (visit,) = self._api.get("ticketing", "/v1/visits", ticket_id=self.ticket["id"])["items"]
        path = f"/v1/visits/{visit['id']}"

        def move(action: str, minutes: float, **told: Any) -> None:  # noqa: ANN401 - an action's own fields
            self._api.post("ticketing", f"{path}:{action}", {**told, "occurred_at": self._at(minutes)})

        move("offer", 95, engineer_id=str(uuid4()))
        move("accept", 97)
        move("depart", 100)
        move("arrive", 270)
        move("begin", 275, checklist=CHECKLIST)
        self._act("restore", 310)
        move("complete", 325, record=self._record())

    def _record(self) -> Body:
        return {
            "fault_occurred_at": self._at(-10),
            "place": "Machine room of the branch",
            "reported_by": "Head of operations",
            "description": "Core switch without power.",
            "cause": "Power module failed.",
            "prevention": "Feed the second module from the other UPS.",
            "fix": "Replaced the module.",
            "explained_to": "Head of operations",
            "signature": {"name": "Head of operations", "signed_at": self._at(324), "code": "4711"},
        }

    def wait_for_clocks(self) -> None:
        """Until every promise of the story has its outcome, and the missed one stands on the timeline.

        Raises:
            TimeoutError: the services do not come to it.
        """
        limit = time.monotonic() + PATIENCE_SECONDS
        while not self._is_told():
            if time.monotonic() > limit:
                raise TimeoutError("The clocks are not settled yet; look at the services' logs.")
            time.sleep(0.1)

    def _is_told(self) -> bool:
        clocks = self.clocks()
        told = {entry["type"] for entry in self.timeline()}
        is_settled = bool(clocks) and all(
            clock["stopped_at"] or clock["state"] == "cancelled" for clock in clocks
        )
        return is_settled and {"met", "met_late"} <= {clock["state"] for clock in clocks} and bool(told)

    def clocks(self) -> list[Body]:
        """The ticket's clocks, in the order they began."""
        found: list[Body] = self._api.get("sla", "/v1/clocks", subject_id=self.ticket["id"])["items"]
        return sorted(found, key=lambda clock: str(clock["started_at"]))

    def timeline(self) -> list[Body]:
        """Everything that happened, in order."""
        found: list[Body] = self._api.get("ticketing", f"{self._path}/timeline", limit="200")["items"]
        return found

    def explanation(self) -> Body:
        """Why the response was due when it was."""
        (response,) = (clock for clock in self.clocks() if clock["metric"] == "response")
        return self._api.get("sla", f"/v1/clocks/{response['id']}/explanation")
