"""Every component of the frame in every state: read from `templates/gallery`, one file beside each of macros.

An example opens with a line `== forms.text, forms.submit: What it shows`, the components it stands for; what
follows is both what is drawn and the call shown beside it, so the two cannot differ.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_HEADER = re.compile(r"^== (?P<components>[a-z_., ]+): (?P<title>.+)$", re.MULTILINE)
_GUIDE = re.compile(r"\{#-(.*?)-?#\}", re.DOTALL)
_EXAMPLES, _MACROS = "gallery/", "frame/"


@dataclass(frozen=True)
class Example:
    components: tuple[str, ...]
    """`file.macro` of each component it stands for."""
    title: str
    source: str
    """Jinja, as a page would write it."""


@dataclass(frozen=True)
class Family:
    """The components of one file of macros."""

    name: str
    guide: str
    """The comment the file opens with: what each macro takes."""
    examples: tuple[Example, ...]


def families(environment: Environment) -> tuple[Family, ...]:
    """By name. Raises TemplateNotFound for examples of a file that is not there."""
    return tuple(_family(environment, name) for name in names(environment))


def names(environment: Environment) -> list[str]:
    """Files of macros that have examples."""
    found = environment.list_templates(filter_func=lambda path: path.startswith(_EXAMPLES))
    return sorted(path.removeprefix(_EXAMPLES).removesuffix(".html") for path in found)


def draw(environment: Environment, example: Example, **samples: Any) -> str:
    """The example as HTML; each file of macros is at hand under its name, and `samples` as they are named."""
    imports = "".join(f'{{% import "{_MACROS}{name}.html" as {name} %}}' for name in names(environment))
    return environment.from_string(imports + example.source).render(**samples)


def _family(environment: Environment, name: str) -> Family:
    guide = _GUIDE.search(_source(environment, f"{_MACROS}{name}.html"))
    first, _, rest = guide[1].strip().partition("\n") if guide else ("", "", "")
    text = _source(environment, f"{_EXAMPLES}{name}.html")
    heads = list(_HEADER.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return Family(
        name=name,
        guide=f"{first}\n{textwrap.dedent(rest)}".rstrip(),
        examples=tuple(
            Example(
                components=tuple(part.strip() for part in head["components"].split(",")),
                title=head["title"],
                source=text[head.end() : end].strip(),
            )
            for head, end in zip(heads, ends, strict=True)
        ),
    )


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None  # noqa: S101 — for mypy: every environment of ours has one
    return environment.loader.get_source(environment, name)[0]
