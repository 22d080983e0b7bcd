"""JSON Schema of files in `dags/`, for editors that complete and check YAML: the manifest's, with what may be
written shorter.

It passes all that planning takes, and knows forms alone: what is wrong in the end, `mainstem plan` says.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import msgspec

from mainstem.manifest.schema import VERSION, json_schema

_DURATION = {
    "type": "string",
    "pattern": r"^(?=.*[0-9]) *([0-9]+ *d *)?([0-9]+ *h *)?([0-9]+ *m *)?([0-9]+(\.[0-9]+)? *s *)?$",
}
_DURATIONS = ("dagrun_timeout", "sla", "retry_delay", "max_retry_delay", "execution_timeout")
_MOMENTS = ("start_date", "end_date")
_OF_ONE_TASK = ("task_id", "depends_on")


@cache
def dag_file_schema() -> dict[str, Any]:
    """Draft 2020-12."""
    definitions = copy.deepcopy(json_schema()["$defs"])
    dag, task = definitions.pop("Dag"), definitions["Task"]
    for name in ("Manifest", "Pool"):
        del definitions[name]
    for properties in (dag["properties"], task["properties"]):
        for name in properties.keys() & set(_DURATIONS):
            properties[name] = _either(properties[name], _DURATION)
        for name in properties.keys() & set(_MOMENTS):
            properties[name] = _either(properties[name], {"type": "string"})
    for name in ("CronSchedule", "AssetSchedule"):
        definitions[name]["required"] = [one for one in definitions[name]["required"] if one != "type"]
    dag["properties"]["schedule"] = _schedule()
    shared = {name: field for name, field in task["properties"].items() if name not in _OF_ONE_TASK}
    # What `default_args` says no task has to say again.
    task["required"] = ["task_id"]
    dag["properties"]["default_args"] = {
        "type": "object",
        "description": "Fields of every task that does not say otherwise.",
        "properties": shared,
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **dag,
        "title": f"A DAG of Mainstem, version {VERSION} of the manifest",
        "required": ["tasks"],
        "$defs": definitions,
    }


def dag_file_schema_text() -> str:
    """As it stands in `docs/dag-file-v1.schema.json`."""
    return (
        msgspec.json.format(msgspec.json.encode(dag_file_schema(), order="sorted"), indent=2).decode() + "\n"
    )


def _either(field: dict[str, Any], shorter: dict[str, Any]) -> dict[str, Any]:
    """The field's words, and both ways to write it."""
    said = {name: field[name] for name in ("description", "$comment", "default") if name in field}
    return said | {"anyOf": [{name: one for name, one in field.items() if name not in said}, shorter]}


def _schedule() -> dict[str, Any]:
    return {
        "description": "A cron expression, a list of assets, `inlets`, or one of the two in full; by hand "
        "only without one.",
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            {"$ref": "#/$defs/CronSchedule"},
            {"$ref": "#/$defs/AssetSchedule"},
            {"type": "null"},
        ],
    }
