import pytest
from typer.testing import CliRunner

from aftercare.cli import app
from aftercare.commands import imports

JOB = {
    "id": "i-1",
    "state": "queued",
    "is_dry_run": False,
    "ignored_columns": [],
    "problem_count": 0,
    "failure": None,
    "progress": {"percent": 0},
    **dict.fromkeys(("new_count", "changed_count", "unchanged_count", "wrong_count"), 0),
}
PROBLEM = {"row": 3, "heading": "客户编码", "reason": "此列必须填写。", "value": ""}


class DeskAtWork:
    """A service that tells what it was given, one state after the other."""

    def __init__(self, *states):
        self.states = list(states)
        self.sent = {}

    def __call__(self, *_):
        return self

    def send_file(self, service, path, content, media, **query):
        self.sent = {"service": service, "path": path, "content": content, "media": media, **query}
        return JOB

    def get(self, _, path, **__):
        if path.endswith("/problems"):
            return {"items": [PROBLEM]}
        return JOB | self.states.pop(0)


@pytest.fixture
def run(monkeypatch, tmp_path):
    def run(*states, name="a.csv", options=()):
        desk = DeskAtWork(*states)
        monkeypatch.setattr(imports, "Desk", desk)
        monkeypatch.setattr(imports, "running_in", lambda _: (None, None))
        monkeypatch.setattr(imports, "POLL_SECONDS", 0)
        file = tmp_path / name
        file.write_bytes(b"code\nA\n")
        return CliRunner().invoke(app, ["import", "customers", str(file), *options]), desk

    return run


def test_an_import_is_waited_for(run):
    told, desk = run({"state": "checking"}, {"state": "checked"}, {"state": "succeeded", "new_count": 7})
    assert (told.exit_code, told.stdout) == (0, "All rows are in. New 7, changed 0, same 0, wrong 0.\n")
    assert desk.sent == {
        "service": "warranty",
        "path": "/v1/imports",
        "content": b"code\nA\n",
        "media": "text/csv",
        "kind": "customers",
        "file_name": "a.csv",
        "dry_run": "false",
    }


def test_problems_are_a_table_and_a_status(run):
    checked = {"state": "checked", "is_dry_run": True, "problem_count": 2, "wrong_count": 1}
    told, desk = run(checked, name="a.XLSX", options=["--dry-run", "--language", "zh"])
    assert told.exit_code == 1
    assert "已检查，未作任何更改。 新增 0，变更 0，不变 0，有误 1" in told.stdout
    assert "此列必须填写。" in told.stdout
    assert "另有 1 个问题" in told.stdout
    assert (desk.sent["dry_run"], desk.sent["media"]) == ("true", imports._XLSX)


def test_a_problem_is_told_to_its_end_however_narrow_the_terminal(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    advice = "验收日期和验收报告编号必须同时填写。请补齐或都留空。"
    monkeypatch.setitem(PROBLEM, "reason", advice)
    told, _ = run({"state": "checked", "is_dry_run": True, "problem_count": 1, "wrong_count": 1})
    cells = "".join(line.split("│")[3].strip() for line in told.stdout.splitlines() if line.count("│") > 3)
    assert advice in cells


def test_a_failure_says_why(run):
    failed = {"state": "failed", "failure": {"code": "x", "reason": "Save it as .xlsx."}}
    told, _ = run(failed)
    assert (told.exit_code, "Save it as .xlsx." in told.output) == (1, True)


def test_what_was_not_read_is_told(run):
    told, _ = run({"state": "succeeded", "ignored_columns": ["备注"]})
    assert "Columns that were not read: 备注" in told.stdout


def test_a_file_to_fill_in_is_printed(monkeypatch):
    desk = DeskAtWork()
    monkeypatch.setattr(desk, "get", lambda _, path, kind: {"text": f"{path} {kind}\n"}, raising=False)
    monkeypatch.setattr(imports, "Desk", desk)
    monkeypatch.setattr(imports, "running_in", lambda _: (None, None))
    told = CliRunner().invoke(app, ["import", "sites", "--template"])
    assert told.stdout == "/v1/imports:template sites\n"
    assert CliRunner().invoke(app, ["import", "sites"]).exit_code == 1
