"""`*.model.lkml` and the files it includes: one model out of many documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.files import MODEL, included, is_glob
from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Explore, Model, Origin, View
from mainstem.semantics.problems import did_you_mean
from mainstem.semantics.reading.explore import read_explore
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.view import read_view
from mainstem.semantics.reading.vocabulary import Vocabulary, words
from mainstem.semantics.syntax import Block, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node

VOCABULARY = Vocabulary(
    "a file",
    read=words("include view explore connection label case_sensitive week_start_day"),
    without_effect=words(
        "datagroup persist_for persist_with persist_sql_trigger named_value_format map_layer "
        "fiscal_month_offset test set view_label aggregate_awareness constant project_name "
        "local_dependency remote_dependency new_lookml_runtime marketplace_ref visualization "
        "application localization_settings"
    ),
    unsupported=words("access_grant extension"),
)


def read_model(file: str, documents: Mapping[str, tuple[Node, ...]], problems: Problems) -> Model:
    """The model of one model file. `documents` holds every file of the project by its path."""
    origin = Origin(file, 1)
    name = file.rsplit("/", 1)[-1].removesuffix(MODEL)
    whole = Block("model", name, documents[file], origin)
    given = Parameters(whole, VOCABULARY, problems)
    _check_settings(given)
    views: dict[str, View] = {}
    explores: dict[str, Explore] = {}
    omitted: set[str] = set()
    for document in reached_from(file, documents):
        for node in documents[document]:
            if isinstance(node, Block) and node.key == "view":
                _keep(read_view(node, problems), node, views, omitted, problems)
            elif isinstance(node, Block) and node.key == "explore":
                _keep(read_explore(node, problems), node, explores, omitted, problems)
    return Model(
        name=name,
        label=given.text("label") or label_of(name),
        connection=given.text("connection"),
        origin=origin,
        views=views,
        explores=explores,
        omitted=frozenset(omitted),
    )


def reached_from(file: str, documents: Mapping[str, tuple[Node, ...]]) -> tuple[str, ...]:
    """The file and everything it includes, directly or not, each once."""
    reached: dict[str, None] = {}
    waiting = [file]
    while waiting:
        current = waiting.pop(0)
        if current in reached or current not in documents:
            continue
        reached[current] = None
        for node in documents[current]:
            if isinstance(node, Pair) and node.key == "include":
                waiting += included(node.value, current, documents)
    return tuple(reached)


def check_document(file: str, nodes: tuple[Node, ...], files: tuple[str, ...], problems: Problems) -> None:
    """What can be said of one file alone: its top-level names, and includes that mean no file."""
    if not file.endswith(MODEL):
        Parameters(Block("file", file, nodes, Origin(file, 1)), VOCABULARY, problems)
    for node in nodes:
        if node.key in ("view", "explore") and (not isinstance(node, Block) or not node.name):
            problems.error(node.origin, f"{node.key} needs a name and braces: `{node.key}: name {{ … }}`")
        if isinstance(node, Pair) and node.key == "include":
            _check_include(node, file, files, problems)


def _check_include(node: Pair, file: str, files: tuple[str, ...], problems: Problems) -> None:
    if node.value.startswith("//"):
        message = f"include {node.value!r} is another project's file, which is not supported yet"
        problems.error(node.origin, message)
    elif included(node.value, file, files):
        return
    elif is_glob(node.value):
        problems.warning(node.origin, f"include {node.value!r} matches no file")
    else:
        hint = did_you_mean(node.value.lstrip("/"), files)
        problems.error(node.origin, f"include {node.value!r} is no file of this project{hint}")


def _keep(
    read: View | Explore | None,
    node: Block,
    kept: dict[str, View] | dict[str, Explore],
    omitted: set[str],
    problems: Problems,
) -> None:
    if read is None:
        omitted.add(node.name)
    elif node.name in kept:
        first = kept[node.name].origin
        problems.error(node.origin, f"{node.key} {node.name} is defined twice; first in {first}")
    else:
        kept[node.name] = read  # type: ignore[assignment] # both are views or both are explores


def _check_settings(given: Parameters) -> None:
    if not given.yesno("case_sensitive", default=True):
        given.reject(
            "case_sensitive", "case_sensitive: no is not supported yet; filters mind upper and lower case"
        )
    week_start = given.text("week_start_day") or "monday"
    if week_start != "monday":
        given.reject(
            "week_start_day", f"week_start_day: {week_start} is not supported yet; weeks begin on Monday"
        )
