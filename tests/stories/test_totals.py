"""Every list of every service, without a filter: its total is what its pages hold."""

import pytest

from aftercare.tokens import Bearer, issue
from tests.stories.belongings import everything_of
from tests.stories.documents import operations
from tests.stories.town import Town

LISTS = [
    (asked.service, asked.path)
    for asked in operations()
    if asked.verb == "get" and "include_total" in asked.query and not asked.parameters
]


@pytest.mark.parametrize("town", ["plain"], indirect=True)
async def test_totals_without_a_filter(town: Town):
    await everything_of(town)
    for number in range(2):
        await town.open(title=f"branch {number} dark")
    token = issue(Bearer("root", ["admin"]), town.keys.issuer_key(), now=town.clock.now)
    asked = "limit=200&include_total=true"
    wrong, counts = [], {}
    for service, path in LISTS:
        answer = await town.say(service, "GET", f"{path}?{asked}", Authorization=f"Bearer {token}")
        page = answer.json()
        counts[service, path] = page["total"]
        if page["next_cursor"] is None and page["total"] != len(page["items"]):
            wrong.append(f"{service} {path}: {page['total']}, but {len(page['items'])} items")
    assert not wrong, "\n".join(wrong)
    assert counts["ticketing", "/v1/tickets"] > 2
    assert {service for (service, _), count in counts.items() if count > 1} == town.houses.keys()
