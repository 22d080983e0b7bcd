"""The manifest's form as JSON Schema, made from the Structs that read it, so that the two cannot part.

It knows forms alone; what names mean together (`check`) no schema can say.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from mainstem.manifest import model
from mainstem.manifest.model import Manifest

if TYPE_CHECKING:
    from types import ModuleType

VERSION = 1


@cache
def json_schema() -> dict[str, Any]:
    """Of a manifest of this version, draft 2020-12."""
    root, definitions = described_schema(Manifest, model)
    definitions["Manifest"]["required"] = ["version", *definitions["Manifest"]["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Mainstem's manifest, version {VERSION}",
        **root,
        "$defs": definitions,
    }


def described_schema(
    root: type[msgspec.Struct], *modules: ModuleType
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The schema of `root`, and those that it refers to, with what their docstrings in `modules` say."""
    (found,), definitions = msgspec.json.schema_components([root], ref_template="#/$defs/{name}")
    for struct in (struct for module in modules for struct in _structs(module)):
        definition = definitions[struct.__name__]
        definition["description"] = inspect.cleandoc(struct.__doc__ or "")
        for name, text in _field_docs(struct).items():
            field = definition["properties"][name.rstrip("_")]
            if "description" in field:  # its type's, which says what is valid
                field["$comment"] = field["description"]
            field["description"] = text
    return found, definitions


def schema_text() -> str:
    """As it stands in `docs/manifest-v1.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(json_schema(), order="sorted"), indent=2).decode() + "\n"


def _structs(module: ModuleType) -> list[type[msgspec.Struct]]:
    return [
        one
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, msgspec.Struct)
        and not one.__name__.startswith("_")
        and one.__module__ == module.__name__
    ]


def _field_docs(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The text below each field, which Python itself forgets."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(struct)))
    (body,) = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
