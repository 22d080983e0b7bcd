"""Write the references that are made from the code: `docs/configuration.md`, `docs/cli.md`, and the
functions of `docs/table-calculations.md`, below what was written by hand.

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

from mainstem.assemble.settings import REPEATED, SETTINGS
from mainstem.cli import COMMANDS
from mainstem.filters.calculations.reference import function_tables

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
    for name, struct in SETTINGS.items():
        header = f"`[[{name}]]`" if name in REPEATED else f"`[{name}]`"
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
    """The string below each field, which Python itself does not keep."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(struct))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    docs: dict[str, str] = {}
    for field, text in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match text:
                case ast.Expr(ast.Constant(str(described))):
                    docs[field.target.id] = described
                case _:
                    raise SystemExit(f"{struct.__name__}.{field.target.id} has no docstring")
    return docs


def table_calculations() -> str:
    """What was written by hand stays, down to the line that says what follows."""
    written, marker, _ = (DOCS / "table-calculations.md").read_text(encoding="utf-8").partition(_MADE)
    if not marker:
        raise SystemExit(f"table-calculations.md has no line {_MADE.strip()!r}")
    return written + marker + function_tables()


_MADE = "<!-- Made from the code by `make docs`, from here to the end. -->\n"

REFERENCES = {
    "configuration.md": configuration,
    "cli.md": cli,
    "table-calculations.md": table_calculations,
}

if __name__ == "__main__":
    for name, made in REFERENCES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")
