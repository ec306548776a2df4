"""Formats that the documents name, as values for schemathesis to draw from."""

from datetime import UTC, datetime

import schemathesis
from hypothesis import strategies as st

FIRST, LAST = datetime(1971, 1, 1), datetime(2198, 12, 31)  # noqa: DTZ001 - hypothesis adds the zone

schemathesis.openapi.format(
    "date-time", st.datetimes(FIRST, LAST, timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
)
schemathesis.openapi.format("iana-time-zone", st.sampled_from(("Asia/Shanghai", "UTC", "America/Sao_Paulo")))
schemathesis.openapi.format(
    "entity-tag", st.just("*") | st.integers(0, 10**18 - 1).map(lambda version: f'"{version}"')
)
