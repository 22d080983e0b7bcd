from __future__ import annotations

from mainstem.transform.groups import model_groups
from mainstem.transform.models import DbtFiles, DbtNode


def node(path: str, *names: str, package: str = "shop", kind: str = "model") -> DbtNode:
    *folder, name = path.split("/")
    return DbtNode(f"{name}.sql", package, kind, tuple(folder), frozenset({name}), frozenset(names))


def groups(*nodes: DbtNode, depth: int = 1, installed: bool = False) -> dict[str, tuple[str, ...]]:
    packages = tuple(dict.fromkeys(["shop", *(one.package for one in nodes)]))
    return {one.name: one.needs for one in model_groups(DbtFiles("shop", nodes, packages, installed), depth)}


def arguments(*nodes: DbtNode, installed: bool = False) -> list[tuple[str, ...]]:
    return [one.arguments for one in model_groups(DbtFiles("shop", nodes, ("shop",), installed), 1)]


def test_a_folder_is_a_group_and_comes_after_what_it_needs() -> None:
    found = groups(
        node("marts/orders", "stg_orders"), node("staging/crm/stg_orders"), node("staging/stg_users")
    )
    assert found == {"staging": (), "marts": ("staging",)}
    assert list(found) == ["staging", "marts"]


def test_folders_that_need_one_another_are_one_group() -> None:
    found = groups(
        node("core/a", "b"), node("marts/b", "s"), node("marts/c", "a"), node("staging/s"), node("out/o", "c")
    )
    assert found == {"staging": (), "core_marts": ("staging",), "out": ("core_marts",)}


def test_groups_may_reach_deeper() -> None:
    nodes = (node("staging/crm/a"), node("staging/web/b"), node("marts/c", "a", "b"))
    assert groups(*nodes, depth=2) == {
        "staging.crm": (),
        "staging.web": (),
        "marts": ("staging.crm", "staging.web"),
    }


def test_folders_of_packages_are_groups_of_their_own() -> None:
    found = groups(node("staging/a", package="company"), node("staging/b", "a"))
    assert found == {"company.staging": (), "staging": ("company.staging",)}


def test_seeds_come_first_and_snapshots_where_they_are_read() -> None:
    nodes = (
        node("s", kind="seed"),
        node("kept", "a", kind="snapshot"),
        node("staging/a", "s"),
        node("marts/b", "kept"),
    )
    assert groups(*nodes) == {
        "seeds": (), "staging": ("seeds",), "snapshots": ("staging",), "marts": ("snapshots",)
    }  # fmt: skip


def test_a_group_is_selected_by_its_files_and_seeds_by_their_kind() -> None:
    assert arguments(node("b"), node("a", "s"), node("s", kind="seed")) == [
        ("--indirect-selection", "buildable", "--select", "resource_type:seed,package:shop"),
        ("--indirect-selection", "buildable", "--select", "file:b.sql", "file:a.sql"),
    ]


def test_what_comes_from_elsewhere_is_built_first_and_by_exclusion() -> None:
    assert groups(node("staging/a"), installed=True) == {"packages": (), "staging": ("packages",)}
    assert arguments(node("staging/a"), installed=True)[0] == ("--exclude", "package:shop")
