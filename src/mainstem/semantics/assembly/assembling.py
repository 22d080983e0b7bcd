"""Documents → models made of final blocks: the ideas of this package, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.assembly.assembled import AssembledModel
from mainstem.semantics.assembly.constants import Constants
from mainstem.semantics.assembly.definitions import Definition, Definitions, define
from mainstem.semantics.assembly.extending import Memory, Whole, must_be_extended
from mainstem.semantics.assembly.including import check_includes, statements
from mainstem.semantics.assembly.manifest import Constant, Manifest, read_manifest
from mainstem.semantics.files import MANIFESTS, MODELS, model_name
from mainstem.semantics.model import Origin
from mainstem.semantics.syntax import Block, Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.semantics.assembly.patterns import Files
    from mainstem.semantics.files import Root
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Node


def manifest_of(root: Root, documents: Mapping[str, Document], problems: Problems) -> Manifest:
    """Of one project; empty where it has none."""
    nodes: tuple[Node, ...] = ()
    for name in MANIFESTS:
        nodes += documents.get(root.prefix + name, Document()).nodes
    return read_manifest(nodes, problems)


def settle_constants(
    documents: Mapping[str, Document], root: Root, constants: Mapping[str, Constant], problems: Problems
) -> dict[str, tuple[Node, ...]]:
    """The nodes of one project's files, every constant replaced."""
    known = Constants(constants, problems)
    found: dict[str, tuple[Node, ...]] = {}
    for file in root.files:
        document = documents.get(root.prefix + file)
        if document is not None and file not in MANIFESTS:
            nodes = document.nodes
            found[root.prefix + file] = known.replace(nodes) if document.has_constants else nodes
    return found


def overridden(manifest: Manifest, by: Manifest, name: str) -> dict[str, Constant]:
    """The constants of an imported project as the importing one sets them."""
    dependency = by.dependencies.get(name)
    overrides = dependency.overrides if dependency else {}
    return {
        key: overrides[key] if key in overrides and constant.export != "none" else constant
        for key, constant in manifest.constants.items()
    }


def assemble(
    documents: Mapping[str, tuple[Node, ...]],
    models: Iterable[str],
    files: Files,
    absent: frozenset[str],
    problems: Problems,
) -> tuple[AssembledModel, ...]:
    """One for each of the model files. `absent` are imported projects that are not here."""
    for nodes in documents.values():
        check_includes(nodes, files, absent, problems)
    memory: Memory = {}
    return tuple(_model(file, documents, files, memory, problems) for file in models)


def assemble_without_models(
    name: str, documents: Mapping[str, tuple[Node, ...]], files: Files, problems: Problems
) -> tuple[AssembledModel, ...]:
    """What a project without any model file comes to: all of it as one model of that name; or, where several
    of its folders hold explores, one for each of them, with what those explores include."""
    folders: dict[str, list[str]] = {}
    for file, nodes in documents.items():
        if any(node.key == "explore" for node in nodes):
            folders.setdefault(file.partition("/")[0] if "/" in file else name, []).append(file)
    memory: Memory = {}
    if len(folders) > 1:
        for folder_files in folders.values():
            for file in folder_files:
                check_includes(documents[file], files, frozenset(), problems)
        return tuple(
            _assembled(folder, Origin(of[0], 1), *statements(of, documents, files), memory, problems)
            for folder, of in folders.items()
        )
    nodes = tuple(node for document in documents.values() for node in document if node.key != "include")
    first = Origin(next(iter(documents)), 1)
    return (_assembled(name, first, nodes, tuple(documents), memory, problems),)


def model_files(root: Root) -> tuple[str, ...]:
    return tuple(root.prefix + file for file in root.files if file.endswith(MODELS))


def _model(
    file: str,
    documents: Mapping[str, tuple[Node, ...]],
    files: Files,
    memory: Memory,
    problems: Problems,
) -> AssembledModel:
    nodes, reached = statements((file,), documents, files)
    return _assembled(model_name(file), Origin(file, 1), nodes, reached, memory, problems)


def _assembled(
    name: str,
    origin: Origin,
    nodes: tuple[Node, ...],
    reached: tuple[str, ...],
    memory: Memory,
    problems: Problems,
) -> AssembledModel:
    definitions: Definitions = define(nodes, problems)
    views, view_templates = _split(definitions.views, memory, problems)
    explores, explore_templates = _split(definitions.explores, memory, problems)
    own = tuple(node for node in definitions.rest if node.origin.file == origin.file)
    return AssembledModel(
        name=name,
        origin=origin,
        own=Block("model", name, own, origin),
        views=views,
        explores=explores,
        rest=tuple(definitions.rest),
        templates=frozenset(view_templates | explore_templates),
        files=reached,
    )


def _split(
    definitions: Mapping[str, Definition], memory: Memory, problems: Problems
) -> tuple[dict[str, Block], set[str]]:
    """Whole blocks, and the names of those that only stand to be extended."""
    whole = Whole(definitions, memory, problems).all()
    templates = {name for name, definition in definitions.items() if must_be_extended(definition.base)}
    return {name: block for name, block in whole.items() if name not in templates}, templates
