"""Write the references that are made from the code: `docs/configuration.md`, `docs/cli.md`, the manifest's
JSON Schema, and the tables of `docs/table-calculations.md` and `docs/orchestration-manifest.md` below what
was written by hand.

`make docs` runs it, and a test fails while what stands in the files is not what it would write.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from mainstem.activate.kind import find_kind as find_destination
from mainstem.activate.kind import kind_names as destination_names
from mainstem.assemble.settings import REPEATED, SETTINGS
from mainstem.cli import COMMANDS
from mainstem.connectors import find_kind, kind_names
from mainstem.connectors.rest.schema import declaration_schema_text, declaration_tables
from mainstem.filters.calculations.reference import function_tables
from mainstem.manifest.reference import field_tables
from mainstem.manifest.schema import schema_text
from mainstem.orchestrate.dag_file_schema import dag_file_schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parent


def configuration() -> str:
    parts = [
        "# Configuration",
        "",
        "Made from the code by `make docs`.",
        "",
        "A setting is taken from the first of these that names it:",
        "",
        "1. a flag of the command: `mainstem up --port 9000`; [cli.md](cli.md) lists them",
        "2. `MAINSTEM_<SECTION>_<KEY>` in the environment: `MAINSTEM_WEB_PORT=9000`",
        "3. `mainstem.toml` in the project's folder: `port = 9000` under `[web]`",
        "4. the default below",
        "",
        "A relative path in the file or the environment begins at the project's folder, in a flag at the",
        "current one. `[[…]]` stand in the file alone. A name that no section knows is an error in the",
        "file. A secret is best written as a reference, `env:NAME` or `file:PATH`; its value is struck out",
        "of all that Mainstem logs or prints.",
    ]
    connectors = {f"connectors.NAME` of type `{name}": find_kind(name).settings for name in kind_names()}
    destinations = {
        f"destinations.NAME` of type `{name}": find_destination(name).settings for name in destination_names()
    }
    many = {**connectors, **destinations}
    for name, struct in {**SETTINGS, **many}.items():
        header = f"`[[{name}]]`" if name in REPEATED else f"`[{name}]`"
        if name in many:
            header = f"`[{name.replace('`', ']`', 1)}`"
        parts += ["", f"## {header}", "", inspect.cleandoc(struct.__doc__ or ""), ""]
        parts += ["| setting | default | meaning |", "|---|---|---|"]
        described = _field_docs(struct)
        for field in msgspec.structs.fields(struct):
            meaning = " ".join(described[field.name].split()).replace("|", "\\|")
            parts.append(f"| `{field.encode_name}` | {_default(field)} | {meaning} |")
    return "\n".join(parts) + "\n"


def cli() -> str:
    parts = ["# Command line", "", "Made from the code by `make docs`."]
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"mainstem.cli.{name}").command
        for path, found in _tree(f"mainstem {name}", command):
            context = click.Context(found, info_name=path)
            parts += ["", f"## `{path}`", "", "```", found.get_help(context), "```"]
    return "\n".join(parts) + "\n"


def _tree(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _tree(f"{path} {name}", child)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is not msgspec.NODEFAULT:
        return (
            ""
            if field.default is None or isinstance(field.default, msgspec.Struct)
            else f"`{field.default!r}`"
        )
    if field.default_factory is not msgspec.NODEFAULT:
        return f"`{field.default_factory()!r}`"
    return "required"


def _field_docs(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The string below each field, which Python itself does not keep; a base Struct's among them."""
    base = struct.__base__
    docs: dict[str, str] = {}
    if base is not None and base is not msgspec.Struct and issubclass(base, msgspec.Struct):
        docs = _field_docs(base)
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(struct))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for field, text in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match text:
                case ast.Expr(ast.Constant(str(described))):
                    docs[field.target.id] = described
                case _:
                    raise SystemExit(f"{struct.__name__}.{field.target.id} has no docstring")
    return docs


def table_calculations() -> str:
    return _below("table-calculations.md", function_tables())


def manifest() -> str:
    return _below("orchestration-manifest.md", field_tables())


def rest_api() -> str:
    return _below("rest-api.md", declaration_tables())


def _below(name: str, made: str) -> str:
    """What was written by hand stays, down to the line that says what follows."""
    written, marker, _ = (DOCS / name).read_text(encoding="utf-8").partition(_MADE)
    if not marker:
        raise SystemExit(f"{name} has no line {_MADE.strip()!r}")
    return written + marker + made


_MADE = "<!-- Made from the code by `make docs`, from here to the end. -->\n"

REFERENCES = {
    "configuration.md": configuration,
    "cli.md": cli,
    "table-calculations.md": table_calculations,
    "orchestration-manifest.md": manifest,
    "rest-api.md": rest_api,
    "manifest-v1.schema.json": schema_text,
    "dag-file-v1.schema.json": dag_file_schema_text,
    "rest-declaration.schema.json": declaration_schema_text,
}

if __name__ == "__main__":
    for name, made in REFERENCES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
