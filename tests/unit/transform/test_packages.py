from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mainstem.transform.packages import Packages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "packages.yml").write_text("packages: [{local: ../one}]\n", encoding="utf-8")
    return folder


@pytest.fixture
def packages(project: Path, tmp_path: Path) -> Packages:
    return Packages(project, (tmp_path / "installed",), tmp_path / "state" / "stamp")


def test_a_project_without_packages_needs_no_install(project: Path, packages: Packages) -> None:
    (project / "packages.yml").unlink()
    assert not packages.due()


def test_an_install_is_due_at_first_and_not_again(tmp_path: Path, packages: Packages) -> None:
    assert packages.due()
    (tmp_path / "installed").mkdir()
    packages.remember()
    assert not packages.due()


@pytest.mark.parametrize("name", ["packages.yml", "dependencies.yml", "package-lock.yml"])
def test_a_changed_list_makes_it_due(project: Path, tmp_path: Path, packages: Packages, name: str) -> None:
    (tmp_path / "installed").mkdir()
    packages.remember()
    (project / name).write_text("packages: [{local: ../two}]\n", encoding="utf-8")
    assert packages.due()


def test_a_folder_that_was_removed_makes_it_due(tmp_path: Path, packages: Packages) -> None:
    (tmp_path / "installed").mkdir()
    packages.remember()
    (tmp_path / "installed").rmdir()
    assert packages.due()
