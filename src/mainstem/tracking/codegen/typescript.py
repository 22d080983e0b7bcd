"""TypeScript: an interface and a method an event, over the SDKs of servers and of browsers.

What it writes passes `tsc --strict` and imports nothing: it takes any client with the SDKs' methods.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mainstem.tracking.codegen.names import Names, about, camel_case, event_words, pascal_case

if TYPE_CHECKING:
    from mainstem.tracking.plan import JsonType, Plan, PlannedEvent, PropertyRule, Rules

_RESERVED = frozenset({"constructor"})
_CLASSES = frozenset({"ServerClient", "BrowserClient", "Who", "Options", "Date", "Record", "Array"})
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SCALARS: dict[JsonType, str] = {
    "string": "string", "integer": "number", "number": "number", "boolean": "boolean",
    "any": "NonNullable<unknown>", "datetime": "Date | string", "object": "Record<string, unknown>",
    "array": "unknown[]",
}  # fmt: skip

_HEAD = """\
/**
 * Typed events of the tracking plan {id}, version {version}.
 *
 * Made by `mainstem tracking codegen`. Do not edit it: change the plan and make it anew.
 */

/* eslint-disable */

export const PLAN = {name};
export const PLAN_VERSION = {version};

/** Of whom an event tells; one of the two at least. */
export type Who =
  | {{ userId: string; anonymousId?: string }}
  | {{ userId?: string; anonymousId: string }};

export interface Options {{
  context?: Record<string, any>;
  timestamp?: Date;
}}

/** `@rudderstack/rudder-sdk-node`, `@segment/analytics-node`. */
export interface ServerClient {{
  track(message: any): unknown;
  page(message: any): unknown;
  screen(message: any): unknown;
  identify(message: any): unknown;
  group(message: any): unknown;
}}

/** `@rudderstack/analytics-js`, `@segment/analytics-next`. */
export interface BrowserClient {{
  track(event: string, properties?: any, options?: any): unknown;
  page(category?: any, name?: any, properties?: any, options?: any): unknown;
  identify(userId?: any, traits?: any, options?: any): unknown;
  group(groupId: string, traits?: any, options?: any): unknown;
}}
"""


def typescript_code(plan: Plan) -> str:
    """The text of a module."""
    parts = [_HEAD.format(id=_safe(plan.id), name=json.dumps(plan.id), version=plan.version)]
    classes, methods = Names(_CLASSES), Names(_RESERVED)
    prefix = pascal_case(plan.id)
    named = [
        (event, classes.take(pascal_case(event_words(event))), methods.take(camel_case(event_words(event))))
        for event in plan.events
    ]
    for event, interface, _ in named:
        parts.append(_comment(_documented(event), ""))
        parts.append(f"export interface {interface} {_object(event.properties, '')}\n")
    parts += _class(
        classes.take(f"{prefix}Server"),
        "ServerClient",
        [_server_method(event, interface, method) for event, interface, method in named],
    )
    parts += _class(
        classes.take(f"{prefix}Browser"),
        "BrowserClient",
        [
            _browser_method(event, interface, method)
            for event, interface, method in named
            if event.type != "screen"
        ],
    )
    return "".join(parts)


def _class(name: str, client: str, methods: list[str]) -> list[str]:
    head = f"\nexport class {name} {{\n  constructor(private readonly client: {client}) {{}}\n"
    return [head, *methods, "}\n"]


def _server_method(event: PlannedEvent, interface: str, method: str) -> str:
    who = (
        "who: { userId: string; anonymousId?: string }" if event.type in ("identify", "group") else "who: Who"
    )
    group = ", groupId: string" if event.type == "group" else ""
    fields = _named_fields(event) + (["groupId"] if event.type == "group" else [])
    fields.append(f"{event.section}: {event.section}")
    return (
        _comment(_documented(event), "  ")
        + f"  {method}({who}{group}, {_parameter(event, interface)}, options: Options = {{}}): void {{\n"
        + f"    this.client.{event.type}({{ ...who, {', '.join(fields)}, ...options }});\n  }}\n"
    )


def _browser_method(event: PlannedEvent, interface: str, method: str) -> str:
    first = {"identify": "userId: string, ", "group": "groupId: string, "}.get(event.type, "")
    call = {
        "track": f"{json.dumps(event.name)}, {event.section}",
        "identify": f"userId, {event.section}",
        "group": f"groupId, {event.section}",
        # Both SDKs read a first argument alone as the name; the category stays empty.
        "page": f"undefined, {json.dumps(event.name) if event.name else 'undefined'}, {event.section}",
    }[event.type]
    return (
        _comment(_documented(event), "  ")
        + f"  {method}({first}{_parameter(event, interface)}, options: Options = {{}}): void {{\n"
        + f"    this.client.{event.type}({call}, options);\n  }}\n"
    )


def _named_fields(event: PlannedEvent) -> list[str]:
    if event.type == "track":
        return [f"event: {json.dumps(event.name)}"]
    return [f"name: {json.dumps(event.name)}"] if event.name else []


def _parameter(event: PlannedEvent, interface: str) -> str:
    needed = any(rule.required for rule in event.properties.values())
    return f"{event.section}: {interface}" + ("" if needed else " = {}")


def _object(rules: Rules, indent: str) -> str:
    if not rules:
        return "{\n" + f"{indent}  [name: string]: unknown;\n{indent}}}"
    lines = []
    for name, rule in rules.items():
        description = " ".join(rule.description.split())
        lines.append(_comment([description], indent + "  ") if description else "")
        mark = "" if rule.required else "?"
        lines.append(f"{indent}  {_key(name)}{mark}: {_kind(rule, indent + '  ')};\n")
    return "{\n" + "".join(lines) + indent + "}"


def _kind(rule: PropertyRule, indent: str) -> str:
    if rule.enum:
        kinds = [json.dumps(value, ensure_ascii=True) for value in rule.enum]
    else:
        kinds = [_kind_of(kind, rule, indent) for kind in rule.types]
    if rule.nullable:
        kinds.append("null")
    return " | ".join(dict.fromkeys(kinds))


def _kind_of(kind: JsonType, rule: PropertyRule, indent: str) -> str:
    if kind == "object" and rule.properties:
        return _object(rule.properties, indent)
    if kind == "array" and rule.items is not None:
        return f"Array<{_kind(rule.items, indent)}>"
    return _SCALARS[kind]


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def _documented(event: PlannedEvent) -> list[str]:
    lines = about(event) or [f"{event.label}."]
    if event.deprecated:
        lines.append(f"@deprecated {event.deprecated if isinstance(event.deprecated, str) else ''}".rstrip())
    return lines


def _comment(lines: list[str], indent: str) -> str:
    safe = [_safe(line) for line in lines]
    opening = "\n" if not indent else ""
    if len(safe) == 1:
        return f"{opening}{indent}/** {safe[0]} */\n"
    body = "".join(f"{indent} * {line}\n" for line in safe)
    return f"{opening}{indent}/**\n{body}{indent} */\n"


def _safe(text: str) -> str:
    return text.replace("*/", "* /")
