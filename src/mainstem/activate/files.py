"""A project's activations: `activations/*.yml`, one a file. Every mistake of every file is told at once."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from mainstem.activate.definition import Activation, sound
from mainstem.activate.settings import read_destinations
from mainstem.errors import ManifestError, ManifestProblem, UsageError
from mainstem.manifest import Problem
from mainstem.manifest.converting import BAD, convert, named
from mainstem.manifest.cron import cron_problem
from mainstem.manifest.durations import VALID, seconds_of
from mainstem.manifest.yaml_lines import Written, read_yaml_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from mainstem.config import Config

FOLDER = "activations"
_SUFFIXES = (".yml", ".yaml")
_DURATIONS = ("refresh_as_of", "plan_lifetime", "review_within")


def read_activations(folder: Path, destinations: Collection[str]) -> dict[str, Activation]:
    """By name, in its order; none without the folder. `destinations` are those of the project.

    Raises ManifestError with all that is wrong, each with file and line.
    """
    found: dict[str, Activation] = {}
    problems: list[ManifestProblem] = []
    documents: dict[str, Written] = {}
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        if file.suffix not in _SUFFIXES or not file.is_file():
            continue
        written = documents[file.stem] = read_yaml_file(file)
        made = None if written.problems else _activation(written, destinations)
        if made is not None:
            found[made.name] = made
    for name, activation in found.items():
        documents[name].problems += _of_others(activation, set(documents))
    for written in documents.values():
        problems += written.told()
    if problems:
        raise ManifestError(problems)
    return dict(sorted(found.items()))


def activations_of(config: Config) -> dict[str, Activation]:
    """Those of a project; no secret is looked up. Raises ConfigError, ManifestError."""
    return read_activations(config.path(FOLDER), read_destinations(config, secrets=False))


def find_activation(found: dict[str, Activation], name: str) -> Activation:
    """Raises UsageError for one there is not."""
    if name not in found:
        valid = ", ".join(found) or f"none: write one as {FOLDER}/NAME.yml"
        raise UsageError(f"there is no activation {name!r}; there are {valid}")
    return found[name]


def _activation(written: Written, destinations: Collection[str]) -> Activation | None:
    plain = written.value
    if not isinstance(plain, dict):
        names = ", ".join(Activation.__struct_fields__)
        written.problems.append(Problem((), f"expected an activation, got {named(plain)}", names))
        return None
    if "name" in plain:
        written.problems.append(Problem(("name",), "an activation is named by its file"))
        return None
    fields = {**plain, "name": written.file.stem}
    for name in _DURATIONS:
        if isinstance(fields.get(name), str):
            seconds = seconds_of(fields[name])
            if seconds is None:
                written.problems.append(Problem((name,), f"{named(fields[name])} is no duration", VALID))
            fields[name] = 1.0 if seconds is None else seconds
    made = convert(fields, Activation, (), written.problems)
    if made is BAD or written.problems:
        return None
    activation: Activation = made
    written.problems += sound(activation)
    if activation.destination not in destinations:
        near = get_close_matches(activation.destination, destinations, 1)
        valid = near[0] if near else ", ".join(sorted(destinations)) or "write one as [destinations.NAME]"
        problem = f"the project has no destination {activation.destination!r}"
        written.problems.append(Problem(("destination",), problem, valid))
    if activation.schedule and (wrong := cron_problem(activation.schedule)):
        written.problems.append(Problem(("schedule",), f"{activation.schedule!r}: {wrong}"))
    return activation


def _of_others(activation: Activation, names: Collection[str]) -> Iterator[Problem]:
    for number, name in enumerate(activation.after):
        if name not in names or name == activation.name:
            others = ", ".join(sorted(set(names) - {activation.name})) or "no other is there"
            yield Problem(("after", number), f"there is no other activation {name!r}", others)
