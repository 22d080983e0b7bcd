from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import DictLoader, Environment

from mainstem.web.component_examples import families
from mainstem.web.site import template_environment

if TYPE_CHECKING:
    from mainstem.web import Assets

_MACRO = re.compile(r"\{% macro ([a-z]\w*)\((.*?)\) %\}")
_AROUND_EVERY_PAGE = {"shell", "toasts.region"}
"""Drawn once on every page, so around the gallery itself; a second one would repeat its ids."""


@pytest.fixture
def environment(assets: Assets) -> Environment:
    return template_environment(assets, "1")


def source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def macros(environment: Environment) -> list[tuple[str, str, str]]:
    """(file, macro, arguments) of everything a page may call."""
    files = environment.list_templates(filter_func=lambda path: path.startswith("frame/"))
    return [
        (path.removeprefix("frame/").removesuffix(".html"), name, arguments)
        for path in files
        for name, arguments in _MACRO.findall(source(environment, path))
    ]


def test_every_component_has_an_example_and_every_example_a_component(environment: Environment) -> None:
    there = {f"{file}.{name}" for file, name, _ in macros(environment)}
    wanted = {
        c for c in there if c not in _AROUND_EVERY_PAGE and c.partition(".")[0] not in _AROUND_EVERY_PAGE
    }
    shown = {c for family in families(environment) for e in family.examples for c in e.components}
    assert wanted - shown == set()
    assert shown - there == set()


def test_every_example_calls_what_it_stands_for(environment: Environment) -> None:
    for family in families(environment):
        for example in family.examples:
            for component in example.components:
                assert f"{component}(" in example.source, (example.title, component)


def test_every_component_and_each_of_its_arguments_is_explained_at_the_top_of_its_file(
    environment: Environment,
) -> None:
    for file, name, arguments in macros(environment):
        guide = re.search(r"\{#-(.*?)-?#\}", source(environment, f"frame/{file}.html"), re.DOTALL)
        assert guide, file
        assert f"{name}(" in guide[1], f"{file}.{name}"
        if "…" not in guide[1]:  # where one macro takes the rest of another's, they are named once
            for argument in re.findall(r"(\w+)(?==|,|$)", re.sub(r"\{\}|\"[^\"]*\"", "", arguments)):
                assert re.search(rf"\b{argument}\b", guide[1]), f"{file}.{name}: {argument}"


def test_the_gallery_draws_every_example_beside_its_call(web: Any, environment: Environment) -> None:
    page = web.client.get("/gallery").text
    assert page.count("data-example=") == sum(len(family.examples) for family in families(environment))
    assert "{{ buttons.button(&#34;Cancel&#34;) }}" in page
    assert ">Cancel</span></button>" in page


def test_an_example_is_drawn_with_sorted_rows(web: Any) -> None:
    first = web.client.get("/gallery?sort=-name").text
    assert first.index(">Katherine<") < first.index(">Joan<")
    assert 'aria-sort="descending"' in first


def test_ids_are_unique_in_the_gallery(web: Any) -> None:
    ids = re.findall(r'\sid="([^"]+)"', web.client.get("/gallery").text)
    assert sorted(ids) == sorted(set(ids))


def test_progress_asks_until_it_is_done_and_then_no_more(web: Any) -> None:
    url, seen = "/gallery/progress", []
    while url:
        answer = web.client.get(url).text
        seen.append(answer)
        found = re.search(r'hx-get="([^"]+)"', answer)
        url = found[1] if found else ""
    assert len(seen) == 3
    assert 'data-say="Events loaded"' in seen[-1]
    assert all('id="gallery-live"' in answer for answer in seen)


def test_progress_of_which_nothing_is_known_ends_by_itself(web: Any) -> None:
    assert "stg_pages" not in web.client.get("/gallery/building?done=1").text
    assert 'data-say="Models built"' in web.client.get("/gallery/building?done=2").text
    assert web.client.get("/gallery/building?done=x").status_code == 200


def test_a_response_can_raise_a_toast(web: Any) -> None:
    page = web.client.get("/gallery").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    headers = {"hx-request": "true", "x-csrf-token": token}
    answer = web.client.post("/gallery/toast/failed", headers=headers)
    assert answer.status_code == 204
    raised = json.loads(answer.headers["hx-trigger"])["mainstem:toasts"]["toasts"]
    assert raised[0]["kind"] == "failed"
    assert web.client.post("/gallery/toast/loud", headers=headers).status_code == 404


def test_a_form_is_answered_with_a_redirect_and_a_toast(web: Any) -> None:
    token = re.findall(r'name="csrf_token" value="([^"]+)"', web.client.get("/gallery").text)[0]
    page = web.client.post("/gallery/form", data={"csrf_token": token, "name": "Ada"})
    assert page.url.path == "/gallery"
    assert "The form was sent." in page.text


def test_an_example_over_a_missing_file_is_not_passed_over(environment: Environment) -> None:
    environment.loader = DictLoader({"gallery/none.html": "== none.x: X\n{{ none.x() }}"})
    with pytest.raises(Exception, match=r"frame/none\.html"):
        families(environment)
