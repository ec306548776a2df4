"""The demo's second story: what a bank owns, what is free while in term, and what is paid afterwards."""

from datetime import datetime, timedelta
from typing import Any

from aftercare.story import Api, Body

OWNED_DAYS, FIRST_FAULT_DAYS, LAST_FAULT_DAYS = 1200, 835, 2
"""How long ago it was accepted, its key part failed, and it failed again."""

FIGURE = {"item": "Output voltage", "unit": "V", "required_min": 218, "required_max": 222, "measured": 220}
OPERATOR = "Head of operations"
NAMES = {"name_zh": "示范银行", "name_en": "Demo bank"}
LANGUAGES = ("zh-CN", "en")


class Ownership:
    """Plays three years of a device: accepted, failed in term, failed out of term.

    Args:
        api: the services.
        now: the present instant.
    """

    def __init__(self, api: Api, now: datetime) -> None:
        self._api = api
        self._now = now
        self._run = f"{now:%Y%m%d-%H%M%S}"
        self.ids: dict[str, str] = {}
        self.claims: list[Body] = []
        self.quote: Body = {}

    def introduce(self) -> None:
        """The customer, its branch out of town, and the contract that promises two years."""
        customer = self._made(
            "customer", "/v1/customers", code=f"DEMO-{self._run}", industry="banking", **NAMES
        )
        place = {"name": "Mountain branch", "address": "1 Station Road", "city": "Huangshan"}
        far = {"locality": "out_of_town", "distance_km": 180.0}
        self._made("site", "/v1/sites", customer_id=customer, code=f"BRANCH-{self._run}", **place, **far)
        promised = {"starts_on": self._day(OWNED_DAYS + 60), "warranty_months": 24, "rates": _rates()}
        self._made("contract", "/v1/contracts", customer_id=customer, number=f"CTR-{self._run}", **promised)
        self._api.post("warranty", f"/v1/contracts/{self.ids['contract']}:activate", {})

    def play(self) -> None:
        """From the delivery to the accepted quote."""
        self._deliver()
        self._accept()
        self._fails_in_term()
        self._fails_out_of_term()

    def _deliver(self) -> None:
        names = {"name_zh": "不间断电源", "name_en": "UPS"}
        self._made(
            "product",
            "/v1/products",
            code=f"UPS-{self._run}",
            maker="Northern Power",
            technology="ups",
            **names,
        )
        price = {"unit_price": {"amount": "4200.00", "currency": "CNY"}, "is_serialised": True}
        module = {"name_zh": "功率模块", "name_en": "Power module", "is_key_part": True, **price}
        self._made("module", "/v1/parts", number=f"PM-{self._run}", **module)
        self._made("spare", "/v1/parts", number=f"LOAN-{self._run}", is_serialised=True, **names)
        owned = {"product_id": self.ids["product"], "site_id": self.ids["site"]}
        shipped = {"contract_id": self.ids["contract"], "shipped_on": self._day(OWNED_DAYS + 30)}
        self._made("asset", "/v1/assets", serial_number=f"SN-{self._run}", **owned, **shipped)
        inside = {"part_id": self.ids["module"], "position": "slot 1", "serial_number": f"PM-OLD-{self._run}"}
        self.ids["component"] = self._act("assets", "asset", "installComponent", OWNED_DAYS + 20, **inside)[
            "id"
        ]
        kept = {"name": "Central warehouse", "kind": "central", "city": "Shanghai"}
        self._made("warehouse", "/v1/warehouses", code=f"WH-{self._run}", **kept)
        for part, serial in (("module", "PM-NEW"), ("module", "PM-NEXT"), ("spare", "LOAN-1")):
            self._receive(part, f"{serial}-{self._run}")

    def _receive(self, part: str, serial: str) -> None:
        told = {"kind": "receipt", "quantity": 1, "serials": [serial], "occurred_at": self._at(OWNED_DAYS)}
        where = {"warehouse_id": self.ids["warehouse"], "part_id": self.ids[part]}
        self._api.post("warranty", "/v1/stock-movements", {**told, **where})

    def _accept(self) -> None:
        """Step by step to the signature, which starts the warranty (§1.2.2, §1.2.3)."""
        goods = {"goods_accepted_on": self._day(OWNED_DAYS + 10), "goods_reference": "GRN-4711"}
        work = {"site_id": self.ids["site"], "asset_ids": [self.ids["asset"]], "specification": "TS-014"}
        planned = {"contract_id": self.ids["contract"], "occurred_at": self._at(OWNED_DAYS + 9), **goods}
        self._made("installation", "/v1/installations", **work, **planned)
        self._act("installations", "installation", "start", OWNED_DAYS + 8)
        for ago, (step, record) in enumerate(self._records().items()):
            told = {"step": step, "record": record, "signed_off_by": OPERATOR}
            self._act("installations", "installation", "completeStep", OWNED_DAYS + 7 - ago, **told)
        self._act(
            "installations", "installation", "accept", OWNED_DAYS, signature=self._signature(OWNED_DAYS)
        )

    def _records(self) -> dict[str, Body]:
        notes = {"kind": "notes", "notes": "As the specification says."}
        line = {"item": "UPS", "expected": 1, "found": 1, "condition": "complete"}
        run = {"started_at": self._at(OWNED_DAYS + 4), "ended_at": self._at(OWNED_DAYS + 3)}
        return {
            "hand_over": notes,
            "unpacking_inspection": {"kind": "unpacking", "items": [line]},
            "installation_guidance": notes,
            "commissioning": notes,
            "trial_run": {"kind": "trial_run", **run},
            "performance_test": {"kind": "performance", "items": [FIGURE]},
        }

    def _fails_in_term(self) -> None:
        """A key part fails: replaced free of charge, its warranty anew, a loaner meanwhile (§1.2.3.1(3))."""
        ago = FIRST_FAULT_DAYS
        claim = self._claim(ago, is_out_of_operation=True)
        self._on(claim, "answerLoanerOffer", ago, is_accepted=True)
        lent = {
            "part_id": self.ids["spare"],
            "customer_id": self.ids["customer"],
            "site_id": self.ids["site"],
        }
        loan = {"claim_id": claim, "due_on": self._day(ago - 30), "occurred_at": self._at(ago - 1)}
        self._made("loaner", "/v1/loaners", **lent, **loan)
        self._assess(claim, ago - 1, "The module's fuse has blown.")
        part = {"part_id": self.ids["module"], "warehouse_id": self.ids["warehouse"]}
        self._on(claim, "approve", ago - 1, remedy="replace", parts=[part])
        self._on(claim, "ship", ago - 2, carrier="Night courier")
        replaced = {"component_id": self.ids["component"], "part_id": self.ids["module"]}
        self._on(claim, "fulfil", ago - 3, items=[FIGURE], checked_by="Ms Qian", replacements=[replaced])
        self._act("loaners", "loaner", "return", ago - 4, condition="good")
        old = {"component_id": self.ids["component"], "serial_number": f"PM-OLD-{self._run}"}
        self._on(claim, "receiveReturn", ago - 5, items=[{**old, "condition": "defective"}])
        self._on(claim, "close", ago - 6)
        (new,) = self._api.get("warranty", f"/v1/assets/{self.ids['asset']}/components")["items"]
        self.ids["component"] = new["id"]
        self._remember(claim)

    def _fails_out_of_term(self) -> None:
        """The term is over: chargeable, quoted, and the customer accepts before work begins (§1.2.5)."""
        ago = LAST_FAULT_DAYS
        claim = self._claim(ago)
        self._assess(claim, ago - 1, "The module is worn out.", cause="wear")
        work = {"parts": [{"part_id": self.ids["module"]}], "labour_hours": 2, "visits": 1}
        self._made("quote", "/v1/quotes", claim_id=claim, **work)
        self._api.post("warranty", f"/v1/quotes/{self.ids['quote']}:offer", {})
        agreed = {"accepted_by": OPERATOR, "reference": "PO-2026-118"}
        self.quote = self._api.post("warranty", f"/v1/quotes/{self.ids['quote']}:accept", agreed)
        part = {"part_id": self.ids["module"], "warehouse_id": self.ids["warehouse"]}
        self._on(claim, "approve", 0, remedy="replace", parts=[part])
        self._remember(claim)

    def _claim(self, ago: float, **more: Any) -> str:  # noqa: ANN401 - a request's own fields
        told = {"asset_id": self.ids["asset"], "component_id": self.ids["component"]}
        found = {"ground": "fault", "demand": "replace_part", "finding": "No output. / 无输出。"}
        body = {**told, **found, **more, "occurred_at": self._at(ago)}
        return str(self._api.post("warranty", "/v1/claims", body)["id"])

    def _assess(self, claim: str, ago: float, finding: str, **more: Any) -> None:  # noqa: ANN401 - the same
        seen = {"finding": finding, "is_finding_confirmed": True, "evidence": ["photo 1"]}
        self._on(claim, "assess", ago, **seen, **more)

    def _on(self, claim: str, action: str, ago: float, /, **told: Any) -> None:  # noqa: ANN401 - an action's fields
        self._api.post("warranty", f"/v1/claims/{claim}:{action}", {**told, "occurred_at": self._at(ago)})

    def _act(
        self,
        resource: str,
        name: str,
        action: str,
        ago: float,
        /,
        **told: Any,  # noqa: ANN401 - an action's own fields
    ) -> Body:
        path = f"/v1/{resource}/{self.ids[name]}:{action}"
        return self._api.post("warranty", path, {**told, "occurred_at": self._at(ago)})

    def _made(self, name: str, path: str, /, **told: Any) -> str:  # noqa: ANN401 - a request's own fields
        self.ids[name] = str(self._api.post("warranty", path, told)["id"])
        return self.ids[name]

    def _remember(self, claim: str) -> None:
        self.claims.append(self._api.get("warranty", f"/v1/claims/{claim}"))

    def _at(self, days_ago: float) -> str:
        return (self._now - timedelta(days=days_ago)).isoformat()

    def _day(self, days_ago: int) -> str:
        return (self._now - timedelta(days=days_ago)).date().isoformat()

    def _signature(self, days_ago: float) -> Body:
        return {"name": OPERATOR, "signed_at": self._at(days_ago), "code": "4711"}

    def terms(self) -> list[Body]:
        """The whole chain of terms, in the order they began."""
        path = f"/v1/assets/{self.ids['asset']}/warranty-terms"
        found: list[Body] = self._api.get("warranty", path)["items"]
        return sorted(found, key=lambda term: (term["starts_on"], term["component_id"] is not None))

    def rule_labels(self) -> dict[str, dict[str, str]]:
        """What the rules of a decision are called in both languages."""
        items = self._api.get("warranty", "/v1/vocabularies/coverage_rule")["items"]
        return {item["code"]: item["labels"] for item in items}


def _rates() -> dict[str, Body]:
    def yuan(amount: str) -> Body:
        return {"amount": amount, "currency": "CNY"}

    return {"labour_hour": yuan("300.00"), "travel_km": yuan("2.50"), "visit": yuan("500.00")}
