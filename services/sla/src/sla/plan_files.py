"""Plans as files: YAML text with line numbers in, YAML text out, and the plan that comes with the service."""

from collections.abc import Mapping
from importlib.resources import files

import yaml

from sla.domain.plans import Node, Plan, Reading, document_of, node_of, read_plan
from sla.domain.plans.issues import Issue
from sla.domain.plans.nodes import SHOWN, Plain, escaped

MOST_NODES = 100_000
MOST_DEPTH = 40
"""Levels of a document; a plan has eight, and composing one without end would take the process with it."""

_NOT_OF_ITS_TAG = (ValueError, LookupError, AttributeError, ArithmeticError)
"""What PyYAML raises, besides its own, at a scalar that is not what its tag says (``!!bool maybe``)."""


class _Loader(yaml.CSafeLoader):
    """The safe loader without dates: a plan has none, and a bare date is a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _Unreadable(Exception):  # noqa: N818 - the document is at fault, not the program
    """The text is not a document that could be a plan."""

    def __init__(self, code: str, line: int | None, reason: str = "") -> None:
        super().__init__(code)
        self.issue = Issue(
            code, "", line, {"reason": reason, "most": str(MOST_NODES), "depth": str(MOST_DEPTH)}
        )


def read_text(text: str) -> Reading:
    """Read a plan from YAML (or JSON) text; every issue names its line."""
    loader = _Loader(text)
    try:
        _check_size(text)
        root = loader.get_single_node()
        return read_plan(_Nodes().of(root, "", ())) if root else _refused("plan-empty", 1)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        return _refused("plan-not-yaml", mark.line + 1 if mark else None, reason=problem)
    except _Unreadable as error:
        return Reading(None, (error.issue,))
    finally:
        loader.dispose()


def _refused(code: str, line: int | None, **facts: str) -> Reading:
    return Reading(None, (Issue(code, "", line, facts),))


def _check_size(text: str) -> None:
    """Look at the parser's events, which come one by one, before anything is composed of them.

    Raises:
        YAMLError: the text is no YAML.
        _Unreadable: it is too long or too deep.
    """
    count = depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        count += isinstance(event, yaml.NodeEvent)
        if count > MOST_NODES or depth > MOST_DEPTH:
            raise _Unreadable("plan-too-large", event.start_mark.line + 1 if event.start_mark else None)


def read_document(document: Mapping[str, object]) -> Reading:
    """Read a plan from a JSON document; every issue names its JSON pointer."""
    return read_plan(node_of(document))


def write_text(plan: Plan) -> str:
    """``plan`` as YAML; reading it again gives an equal plan."""
    return yaml.safe_dump(document_of(plan), allow_unicode=True, sort_keys=False, width=110)


def reference_text() -> str:
    """The text of the plan that comes with the service."""
    return files("sla").joinpath("data/plans/reference.yaml").read_text(encoding="utf-8")


class _Nodes:
    """PyYAML's nodes as ours; bounded, so that aliases cannot blow a small text up."""

    def __init__(self) -> None:
        self.count = 0
        self.scalars = yaml.SafeLoader("")

    def of(self, node: yaml.Node, pointer: str, above: tuple[yaml.Node, ...]) -> Node:
        line = node.start_mark.line + 1
        self.count += 1
        if self.count > MOST_NODES or len(above) > MOST_DEPTH or node in above:
            raise _Unreadable("plan-too-large", line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer, line, (*above, node))
        if isinstance(node, yaml.SequenceNode):
            items = (self.of(item, f"{pointer}/{n}", (*above, node)) for n, item in enumerate(node.value))
            return Node(tuple(items), pointer, line)
        return Node(self._scalar(node), pointer, line)

    def _mapping(self, node: yaml.MappingNode, pointer: str, line: int, above: tuple[yaml.Node, ...]) -> Node:
        entries: dict[str, Node] = {}
        repeated: list[str] = []
        for key_node, item in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Unreadable("plan-not-mapping", key_node.start_mark.line + 1)
            key = str(key_node.value)
            if key in entries:
                repeated.append(key)
            entries[key] = self.of(item, f"{pointer}/{escaped(key)}", above)
        return Node(entries, pointer, line, tuple(repeated))

    def _scalar(self, node: yaml.Node) -> Plain:
        try:
            value: object = self.scalars.construct_object(node)
        except yaml.YAMLError as error:
            raise _Unreadable("plan-not-yaml", node.start_mark.line + 1, str(error)) from error
        except _NOT_OF_ITS_TAG as error:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            reason = f"{tag} {node.value[:SHOWN]}"
            raise _Unreadable("plan-not-yaml", node.start_mark.line + 1, reason) from error
        return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
