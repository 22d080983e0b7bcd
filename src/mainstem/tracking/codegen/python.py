"""Python: a class with a method an event, over `rudder-sdk-python` or `segment-analytics-python`.

What it writes passes `mypy --strict` and needs nothing but the standard library and the SDK's client.
"""

from __future__ import annotations

import json
import keyword
from typing import TYPE_CHECKING

from mainstem.tracking.codegen.names import Names, about, event_words, pascal_case, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.tracking.plan import JsonType, Plan, PlannedEvent, PropertyRule, Rules

_RESERVED = frozenset(keyword.kwlist) | {
    "self",
    "context",
    "timestamp",
    "user_id",
    "anonymous_id",
    "group_id",
}
_SCALARS: dict[JsonType, str] = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "any": "Any",
    "datetime": "datetime", "object": "Mapping[str, Any]", "array": "Sequence[Any]",
}  # fmt: skip

_HEAD = '''\
"""Typed events of the tracking plan {id}, version {version}.

Made by `mainstem tracking codegen`. Do not edit it: change the plan and make it anew.

    from rudderstack.analytics.client import Client  # or segment.analytics.client

    events = {name}(Client("WRITE KEY", host="https://events.example.com"))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NotRequired, Protocol, TypedDict

PLAN: Final = {quoted}
PLAN_VERSION: Final = {version}


class Unset:
    """The type of UNSET."""


UNSET: Final = Unset()
"""Leaves a property out that may also be null."""


class Client(Protocol):
    """What is asked of an SDK's client."""

{protocol}

'''
_PROTOCOL = """\
    def {name}(self, *args: Any, **kwargs: Any) -> Any: ...
"""
_PRESENT = '''

def _present(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left out; moments as the text that travels."""
    return {name: _plain(value) for name, value in properties.items() if not isinstance(value, Unset)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(one) for one in value]
    return value
'''


def python_code(plan: Plan) -> str:
    """The text of a module."""
    writer = _Writer(plan)
    methods = [writer.method(event) for event in plan.events]
    name = pascal_case(plan.id)
    parts = [
        _HEAD.format(
            id=plan.id,
            quoted=_quoted(plan.id),
            version=plan.version,
            name=name,
            protocol="\n".join(
                _PROTOCOL.format(name=one)
                for one in sorted({event.type for event in plan.events} or {"track"})
            ).rstrip("\n"),
        ),
        "\n",
        *(f"{one}\n\n" for one in writer.types),
        f"class {name}:\n",
        *_docstring(plan.description.splitlines() or [f"The events of the plan {plan.id}."], "    "),
        "\n    def __init__(self, client: Client) -> None:\n        self._client = client\n",
        *methods,
        _PRESENT,
    ]
    return "".join(parts)


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._methods = Names(keyword.kwlist)
        self._classes = Names(
            {pascal_case(plan.id), "Client", "Unset", "Mapping", "Sequence", "Any", "Literal"}
        )
        self.types: list[str] = []
        """Classes that methods need, in the order in which they must stand."""

    def method(self, event: PlannedEvent) -> str:
        arguments = Names(_RESERVED)
        named = {name: arguments.take(snake_case(name)) for name in event.properties}
        lines = [f"\n    def {self._methods.take(snake_case(event_words(event)))}(\n        self,\n"]
        lines += [f"        {argument},\n" for argument in _who(event)]
        ordered = sorted(event.properties.items(), key=lambda item: not item[1].required)
        for name, rule in ordered:
            kind = self._argument(rule, pascal_case(event_words(event)) + pascal_case(name))
            lines.append(f"        {named[name]}: {kind},\n")
        needs_context = any(rule.required for rule in {**self._plan.context, **event.context}.values())
        lines.append(
            "        context: Mapping[str, Any],\n"
            if needs_context
            else "        context: Mapping[str, Any] | None = None,\n"
        )
        lines.append("        timestamp: datetime | None = None,\n    ) -> None:\n")
        lines += _docstring(_documented(event, named), "        ")
        lines += _body(event, named)
        return "".join(lines)

    def _argument(self, rule: PropertyRule, name: str) -> str:
        kind = self._kind(rule, name)
        if rule.nullable:
            kind = f"{kind} | None"
        if rule.required:
            return kind
        return f"{kind} | Unset = UNSET"

    def _kind(self, rule: PropertyRule, name: str) -> str:
        if rule.enum and all(isinstance(value, str | bool | int) for value in rule.enum):
            return f"Literal[{', '.join(map(_quoted, rule.enum))}]"
        return " | ".join(dict.fromkeys(self._kind_of(one, rule, name) for one in rule.types))

    def _kind_of(self, kind: JsonType, rule: PropertyRule, name: str) -> str:
        if kind == "object" and rule.properties:
            return self._typed_dict(rule.properties, name)
        if kind == "array" and rule.items is not None:
            return f"Sequence[{self._within(rule.items, name + 'Item')}]"
        return _SCALARS[kind]

    def _within(self, rule: PropertyRule, name: str) -> str:
        kind = self._kind(rule, name)
        return f"{kind} | None" if rule.nullable else kind

    def _typed_dict(self, rules: Rules, wanted: str) -> str:
        name = self._classes.take(wanted)
        fields = [
            f"        {_quoted(key)}: {self._field(rule, name + pascal_case(key))},\n"
            for key, rule in rules.items()
        ]
        # Called, for keys of plans need not be names of Python.
        self.types.append(f"{name} = TypedDict(\n    {_quoted(name)},\n    {{\n{''.join(fields)}    }},\n)\n")
        return name

    def _field(self, rule: PropertyRule, name: str) -> str:
        kind = self._within(rule, name)
        # Evaluated where it stands, so the names of later classes are no help: those within come first.
        return kind if rule.required else f"NotRequired[{kind}]"


def _who(event: PlannedEvent) -> list[str]:
    who = ["*", "user_id: str | None = None", "anonymous_id: str | None = None"]
    if event.type == "identify":
        return ["user_id: str", "*", "anonymous_id: str | None = None"]
    if event.type == "group":
        return ["user_id: str", "group_id: str", "*", "anonymous_id: str | None = None"]
    return who


def _body(event: PlannedEvent, named: dict[str, str]) -> Iterator[str]:
    yield f"        self._client.{event.type}(\n"
    yield "            user_id=user_id,\n            anonymous_id=anonymous_id,\n"
    if event.type == "group":
        yield "            group_id=group_id,\n"
    if event.type == "track":
        yield f"            event={_quoted(event.name)},\n"
    elif event.name is not None:
        yield f"            name={_quoted(event.name)},\n"
    if named:
        yield f"            {event.section}=_present(\n                {{\n"
        for name, argument in named.items():
            yield f"                    {_quoted(name)}: {argument},\n"
        yield "                }\n            ),\n"
    else:
        yield f"            {event.section}={{}},\n"
    yield "            context=context,\n            timestamp=timestamp,\n        )\n"


def _quoted(value: object) -> str:
    """A literal; JSON's texts are Python's."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _documented(event: PlannedEvent, named: dict[str, str]) -> list[str]:
    lines = about(event) or [f"{event.label}."]
    if event.deprecated:
        instead = f": {event.deprecated}" if isinstance(event.deprecated, str) else ""
        lines.append(f"Deprecated{instead}.")
    for name, argument in named.items():
        text = " ".join(event.properties[name].description.split())
        if text:
            lines.append(f"{argument}: {text}")
    return lines


def _docstring(lines: list[str], indent: str) -> list[str]:
    texts = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in lines]
    if len(texts) == 1 and not texts[0].endswith('"'):
        return [f'{indent}"""{texts[0]}"""\n']
    body = "".join(f"{indent}{text}\n" for text in texts[1:])
    return [f'{indent}"""{texts[0]}\n', *(["\n", body] if body else []), f'{indent}"""\n']
