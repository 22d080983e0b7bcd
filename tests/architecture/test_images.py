"""Image recipes build what is there, run as nobody in particular, and fetch nothing when they start."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

import pytest

from mainstem.testing.podman import NoPodman, PodmanForTests

ROOT = Path(__file__).parents[2]
RECIPES = sorted(ROOT.glob("deploy/*/Containerfile"))
recipes = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.parent.name)


def instructions(recipe: Path) -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", recipe.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(name, rest) for name, rest in lines]


def test_there_are_recipes() -> None:
    assert [recipe.parent.name for recipe in RECIPES] == ["image", "project"]


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".containerignore").read_text().splitlines() if line.startswith("!")
    }
    copied: set[str] = set()
    for name, rest in instructions(ROOT / "deploy/image/Containerfile"):
        if name == "COPY" and "--from=" not in rest:
            copied |= set(shlex.split(rest)[:-1])
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {source.partition("/")[0] for source in copied} == let_through


@recipes
def test_an_image_runs_as_a_number_that_is_not_root(recipe: Path) -> None:
    *_, user = [rest for name, rest in instructions(recipe) if name == "USER"]
    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", user)


@recipes
def test_an_image_can_be_built_on_any_base_and_fetches_only_what_is_pinned(recipe: Path) -> None:
    found = instructions(recipe)
    assert all(re.fullmatch(r"\$\{\w+\}( AS \w+)?", rest) for name, rest in found if name == "FROM")
    assert not [rest for name, rest in found if name == "ADD" or re.search(r"\b(curl|wget|git)\b", rest)]
    for name, rest in found:
        if name == "RUN" and "pip install" in rest:
            assert "--require-hashes" in rest or "--no-deps" in rest


@recipes
def test_an_image_starts_a_program_and_no_shell_and_has_no_secret_in_its_environment(recipe: Path) -> None:
    for name, rest in instructions(recipe):
        if name in ("CMD", "ENTRYPOINT"):
            assert rest.startswith("[")
        if name in ("ENV", "ARG"):
            assert not re.search(r"(password|secret|token|key)\w*=", rest, re.IGNORECASE)


@pytest.mark.slow
def test_the_image_runs_mainstem_as_a_user_that_cannot_change_it() -> None:
    """With MAINSTEM_IMAGE_BASE: an archive (`podman save`) of a base with Python and venv."""
    base = os.environ.get("MAINSTEM_IMAGE_BASE")
    if not base:
        pytest.skip("MAINSTEM_IMAGE_BASE names no base image to build on")
    with tempfile.TemporaryDirectory(prefix="ms-podman-", ignore_cleanup_errors=True) as folder:
        podman = PodmanForTests(Path(folder))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in podman.environment.items():
                patch.setenv(name, value)
            try:
                podman.prepare()
            except NoPodman as e:
                pytest.skip(f"no containers here: {e}")
            podman.call("load", "--quiet", f"--input={base}")
            (loaded,) = (image for image in podman.images() if "mainstem-test" not in image)
            recipe = str(ROOT / "deploy/image/Containerfile")
            build = ("build", "--network=host", f"--build-arg=BASE={loaded}", f"--file={recipe}")
            podman.call(*build, "--tag=localhost/mainstem:test", str(ROOT))
            run = ("run", "--rm", "--network=none", "--pull=never", "localhost/mainstem:test")
            assert "mainstem" in podman.call(*run, "mainstem", "--version")
            assert (
                podman.call(*run, "sh", "-c", "id -u; touch /project/x /opt/mainstem/x || echo kept")
                == "10001\nkept\n"
            )
            podman.remove()


def test_make_image_says_why_nothing_was_built(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "bash", "git", "id", "env"):
        found = next((Path(part, name) for part in os.defpath.split(":") if Path(part, name).exists()), None)
        if found is not None:
            (tools / name).symlink_to(found)
    done = subprocess.run(
        ("/usr/bin/make", "--no-print-directory", "image"),
        cwd=ROOT,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "nothing was built: there is no Podman here" in done.stderr
