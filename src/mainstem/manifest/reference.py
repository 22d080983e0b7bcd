"""The reference of the manifest's fields for people, made from its JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mainstem.manifest.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ORDER = ("Manifest", "Dag", "CronSchedule", "AssetSchedule", "Task", "SecretRef", "Resources", "Pool")
_PLAIN = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "null",
}


def field_tables() -> str:
    """Markdown: a heading and a table for each kind of value, in the order in which they stand in another."""
    return tables_of(json_schema()["$defs"], ORDER)


def tables_of(definitions: Mapping[str, dict[str, Any]], order: Iterable[str]) -> str:
    """The same of other schemas whose definitions and fields are described."""
    parts = [part for name in order for part in _table(name, definitions[name])]
    return "\n".join(parts)


def _table(name: str, definition: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {name}\n"
    yield " ".join(definition["description"].split())
    yield "\n| field | what stands there | default | meaning |"
    yield "|---|---|---|---|"
    required = definition.get("required", ())
    for field, schema in definition["properties"].items():
        default = "required" if field in required else _default(schema)
        meaning = schema.get("description", "Which kind it is.").replace("|", "\\|")
        yield f"| `{field}` | {_kind(schema)} | {default} | {meaning} |"


def _default(schema: dict[str, Any]) -> str:
    return f"`{json.dumps(schema['default'])}`" if schema.get("default") not in (None, "") else ""


def _kind(schema: dict[str, Any]) -> str:
    if "$comment" in schema:
        return str(schema["$comment"]).replace("|", "\\|")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "anyOf" in schema:
        kinds = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(one.get("description") or _kind(one) for one in kinds))
    if schema.get("type") == "array":
        return f"list: {_inside(schema.get('items', {}))}"
    if schema.get("type") == "object":
        return f"by name: {_inside(schema.get('additionalProperties') or {})}"
    return _PLAIN[schema["type"]] if "type" in schema else "a value"


def _inside(schema: dict[str, Any]) -> str:
    return str(schema.get("description") or _kind(schema))
