import io
import json
from datetime import UTC, datetime

from aftercare.output import Output

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Terminal(io.BytesIO):
    def isatty(self):
        return True


def written(stream, *lines):
    output = Output(stream, lambda: NOW)
    for name, line in lines:
        output.line(name, line.encode())
    return stream.getvalue().decode().splitlines()


def test_elsewhere_json_lines_pass_untouched_and_others_are_wrapped():
    json_line = '{"event":  "opened", "ticket": 1}'
    first, second, third = written(
        io.BytesIO(), ("sla-api", json_line), ("postgres", "LOG:  准备好"), ("x", "{no json")
    )
    assert first == json_line
    assert json.loads(second) == {
        "timestamp": NOW.isoformat(),
        "process": "postgres",
        "event": "LOG:  准备好",
    }
    assert json.loads(third)["event"] == "{no json"


def test_on_a_terminal_each_process_has_its_name_and_colour():
    first, second, third = written(Terminal(), ("a", "one"), ("b", "two"), ("a", "three"))
    colour = first.partition("a")[0]
    assert third.startswith(colour)
    assert not second.startswith(colour)
    assert second.endswith("two")


def test_a_reader_that_has_gone_away_is_no_reason_to_stop():
    class Closed(io.BytesIO):
        def write(self, _):
            raise BrokenPipeError

    output = Output(Closed(), lambda: NOW)
    output.say("nobody hears this")
    assert not output.is_terminal
