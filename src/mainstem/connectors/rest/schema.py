"""The form of a declaration as JSON Schema, for editors that complete and check YAML, made from the Structs
that read it. It knows forms alone: what names mean together, reading the declaration says."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from mainstem.connectors.rest import client, declaration
from mainstem.connectors.rest.declaration import Declaration
from mainstem.manifest.reference import tables_of
from mainstem.manifest.schema import described_schema

_ORDER = (
    "Declaration", "Parameter", "Client", "Check", "BearerAuth", "ApiKeyAuth", "HttpBasicAuth",
    "OAuth2ClientCredentials", "SinglePage", "HeaderLink", "JsonLink", "Cursor", "HeaderCursor", "Offset",
    "PageNumber", "LimitRule", "QuotaHeaders", "ResponseAction", "Resource", "Endpoint", "Incremental",
    "Column", "Child", "More", "Changes",
)  # fmt: skip
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
_VALUE = {"type": ["string", "integer", "boolean"]}
_VALUES = {
    "type": "object",
    "additionalProperties": {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]},
}


@cache
def declaration_schema() -> dict[str, Any]:
    """Draft 2020-12, with what may be written shorter."""
    root, definitions = described_schema(Declaration, client, declaration)
    for name in ("Client", "Endpoint"):
        _shorter(definitions[name], "paginator", {"type": "string"})
    for name in ("Resource", "Child"):
        fields = definitions[name]["properties"]
        fields["primary_key"] = {**_said(fields["primary_key"]), **_TEXTS}
        column = fields["columns"]["additionalProperties"]
        kinds = definitions["Column"]["properties"]["type"]["enum"]
        fields["columns"]["additionalProperties"] = {"anyOf": [{"enum": kinds}, column]}
    for name in ("Resource", "Changes"):
        fields = definitions[name]["properties"]
        for field in ("where", "deleted"):
            fields[field] = {**_said(fields[field]), **_VALUES}
        _shorter(definitions[name], "endpoint", {"type": "string"})
    # What `resource_defaults` says no resource has to say again.
    shared: dict[str, Any] = {name: {} for name in definitions["Resource"]["properties"] if name != "name"}
    definitions["Declaration"]["properties"]["resource_defaults"]["properties"] = shared
    definitions["Resource"]["required"] = ["name", "endpoint"]
    definitions["Declaration"]["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A REST API that Mainstem reads",
        **root,
        "$defs": definitions,
    }


def declaration_tables() -> str:
    """The reference of a declaration's fields for people, in Markdown."""
    _, definitions = described_schema(Declaration, client, declaration)
    return tables_of(definitions, _ORDER)


def declaration_schema_text() -> str:
    """As it stands in `docs/rest-declaration.schema.json`."""
    text = msgspec.json.encode(declaration_schema(), order="sorted")
    return msgspec.json.format(text, indent=2).decode() + "\n"


def _shorter(definition: dict[str, Any], name: str, shorter: dict[str, Any]) -> None:
    field = definition["properties"][name]
    said = _said(field)
    rest = {key: value for key, value in field.items() if key not in said}
    definition["properties"][name] = {**said, "anyOf": [shorter, rest]}


def _said(field: dict[str, Any]) -> dict[str, Any]:
    return {name: field[name] for name in ("description", "default") if name in field}
