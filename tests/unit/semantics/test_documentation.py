"""docs/lookml.md lists every parameter that LookML may have, each as what it is: read, or without effect."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mainstem.query.dialects import DIALECTS
from mainstem.semantics import reading
from mainstem.semantics.liquid.tags import TAGS
from mainstem.semantics.model import DimensionType, Interval, JoinType, MeasureType, Relationship, Timeframe
from mainstem.semantics.reading import dashboards
from mainstem.semantics.reading.dimension_group import VOCABULARY as GROUP
from mainstem.semantics.reading.vocabulary import FIELD_WITHOUT_EFFECT, PRESENTATION, Vocabulary

if TYPE_CHECKING:
    from types import ModuleType

PAGE = (Path(__file__).parents[3] / "docs" / "lookml.md").read_text(encoding="utf-8")
CONSTRUCTS = PAGE.partition("\n## Constructs\n")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
ROWS = {
    construct: (frozenset(re.findall(r"`(\w+)`", read)), frozenset(re.findall(r"`(\w+)`", effectless)))
    for construct, read, effectless in ROW.findall(CONSTRUCTS)
}
COMMON = "what every field has"


def modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{one.name}")
        for one in pkgutil.iter_modules(package.__path__)
        if not one.ispkg
    ]


def vocabularies() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Construct → what is read and what has no effect, but for what every field has."""
    found = {COMMON: (PRESENTATION, FIELD_WITHOUT_EFFECT)}
    for module in modules(reading):
        for one in vars(module).values():
            if isinstance(one, Vocabulary):
                field = one.read >= PRESENTATION
                found[one.construct] = (
                    one.read - PRESENTATION if field else one.read,
                    one.without_effect - FIELD_WITHOUT_EFFECT if field else one.without_effect,
                )
    for module in modules(dashboards):
        words = vars(module)
        if "_READ" in words:
            name = module.__name__.rpartition(".")[2]
            title = name if name == "dashboard" else f"dashboard {name}"
            found[title] = (words["_READ"], words["_WITHOUT_EFFECT"])
    return found


VOCABULARIES = vocabularies()


def test_constructs_were_found() -> None:
    assert {"explore", "join", "dimension", "measure", "dashboard", "dashboard element"} <= set(VOCABULARIES)
    assert VOCABULARIES["dimension_group"][0] < GROUP.read


@pytest.mark.parametrize("construct", VOCABULARIES)
def test_the_page_lists_what_a_construct_may_hold(construct: str) -> None:
    assert ROWS[construct] == VOCABULARIES[construct]


def test_the_page_lists_nothing_else() -> None:
    assert ROWS.keys() == VOCABULARIES.keys()


@pytest.mark.parametrize(
    "kind",
    [DimensionType, MeasureType, Timeframe, Interval, JoinType, Relationship],
    ids=lambda one: one.__name__,
)
def test_the_page_names_every_word_a_type_may_be(kind: type[DimensionType]) -> None:
    missing = [str(one) for one in kind if f"`{one}`" not in PAGE and not re.search(r"\d$", one)]
    assert not missing


def test_the_page_names_every_tag_and_dialect() -> None:
    assert not [tag.name for tag in TAGS if tag.name not in PAGE]
    assert not [name for name in DIALECTS if name not in PAGE.lower()]
