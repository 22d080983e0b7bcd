"""Whatever LookML and rows hold, a page shows it and runs none of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import duckdb
import pytest

from mainstem.query.connections import Connections
from mainstem.query.warehouse_explorer import WarehouseExplorers
from mainstem.semantics import read_project
from mainstem.testing.hostile import VECTORS, dangers_in
from mainstem.testing.warehouse import MemoryWarehouse
from mainstem.web.security import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = """
view: texts {{
  sql_table_name: texts ;;
  dimension: n {{ type: number }}
  dimension: plain {{ sql: ${{TABLE}}.text ;; }}
  dimension: as_html {{ sql: ${{TABLE}}.text ;; html: <b>{{{{ value }}}}</b> ;; }}
  dimension: as_raw {{ sql: ${{TABLE}}.text ;; html: {{{{ value }}}} ;; }}
  dimension: as_link {{ sql: ${{TABLE}}.text ;;
    html: <a href="{{{{ value }}}}">{{{{ rendered_value }}}}</a> ;; }}
  dimension: as_image {{ sql: ${{TABLE}}.text ;; html: <img src='{{{{ value }}}}' alt='{{{{ value }}}}'> ;; }}
  dimension: as_style {{ sql: ${{TABLE}}.text ;; html: <p style="{{{{ value }}}}">x</p> ;; }}
  dimension: linked {{ sql: ${{TABLE}}.text ;;
    link: {{ label: "{{{{ value }}}}" url: "{{{{ value }}}}" icon_url: "{{{{ value }}}}" }} }}
{fields}
  measure: count {{ type: count }}
}}
explore: texts {{}}
"""


def _field(number: int, vector: str) -> str:
    quoted = vector.replace("\\", "").replace('"', "'").replace(";;", "")
    return (
        f'  dimension: f{number} {{ label: "{quoted}" description: "{quoted}" group_label: "{quoted}"'
        f' sql: ${{TABLE}}.text ;; html: {quoted} ;; link: {{ label: "{quoted}" url: "{quoted}" }} }}'
    )


def _tiles() -> Iterator[dict[str, Any]]:
    for number, vector in enumerate(VECTORS):
        yield {
            "name": f"t{number}",
            "type": "text",
            "title_text": vector,
            "subtitle_text": vector,
            "body_text": vector,
        }
        yield {
            "name": f"q{number}",
            "title": vector,
            "type": "single_value",
            "model": "hostile",
            "explore": "texts",
            "fields": ["texts.count"],
            "note_text": vector,
            "note_display": "above",
            "subtitle_text": vector,
            "single_value_title": vector,
        }


@pytest.fixture
def site(company: Any, make_web: Any, tmp_path: Path) -> Iterator[Any]:
    fields = "\n".join(_field(number, vector) for number, vector in enumerate(VECTORS))
    (tmp_path / "hostile.model.lkml").write_text(MODEL.format(fields=fields))
    board = {"dashboard": "hostile", "title": VECTORS[0], "description": VECTORS[3], "layout": "newspaper"}
    (tmp_path / "b.dashboard.lookml").write_text("- " + json.dumps({**board, "elements": list(_tiles())}))
    project = read_project(tmp_path).project
    assert len(project.dashboards["hostile"].elements) == 2 * len(VECTORS)
    assert len(project.models["hostile"].views["texts"].dimensions) == len(VECTORS) + 8
    file = tmp_path / "memory.duckdb"
    with duckdb.connect(str(file)) as made:
        made.execute("CREATE TABLE texts (n INTEGER, text VARCHAR)")
        made.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(VECTORS)))
    warehouse = MemoryWarehouse(file)
    company.explorer = lambda: WarehouseExplorers(
        lambda: project, Connections(warehouse), lambda: datetime(2026, 3, 3, tzinfo=UTC)
    )
    yield make_web(company)
    warehouse.close()


FIELDS = ("plain", "as_html", "as_raw", "as_link", "as_image", "as_style", "linked")


ADDRESSES = (
    "/dashboards",
    "/dashboards/hostile",
    "/search?q=fired",
    "/explores",
    "/explores/hostile/texts",
    "/explore/hostile/texts",
    "/models/hostile",
    f"/search?q={quote(VECTORS[3])}",
    f"/explore/hostile/texts?fields=texts.plain&f[texts.plain]={quote(VECTORS[39])}",
    f"/explore/hostile/texts?fields=texts.{quote(VECTORS[3])}",
    f"/explore/hostile/texts/answer?fields=texts.{quote(VECTORS[3])}",
    f"/explore/hostile/texts/answer?fields=texts.count&vis={quote(json.dumps({'type': VECTORS[3]}))}",
    f"/dashboards/hostile?{quote(VECTORS[3])}={quote(VECTORS[39])}",
    f"/dashboards/{quote(VECTORS[3], safe='')}",
)


def test_a_value_runs_nothing_wherever_a_field_puts_it(site: Any) -> None:
    for field in FIELDS:
        answer = site.client.get(f"/explore/hostile/texts/answer?fields=texts.n,texts.{field}&limit=500")
        assert answer.status_code == 200
        assert field != "plain" or answer.text.count("fired") >= len(VECTORS) / 2
        assert dangers_in(answer.text) == [], field


def test_names_labels_descriptions_and_addresses_run_nothing(site: Any) -> None:
    for address in ADDRESSES:
        answer = site.client.get(address)
        assert answer.status_code in (200, 303, 400, 404)
        assert dangers_in(answer.text) == [], address


def test_tiles_with_their_texts_titles_and_notes_run_nothing(site: Any) -> None:
    for number in range(len(VECTORS)):
        for name in (f"q{number}", f"t{number}"):
            answer = site.client.get(f"/dashboards/hostile/tiles/{name}")
            assert dangers_in(answer.text) == [], name


def test_html_and_links_of_fields_run_nothing(site: Any) -> None:
    for number in range(len(VECTORS)):
        answer = site.client.get(f"/explore/hostile/texts/answer?fields=texts.f{number}&limit=1")
        assert answer.status_code in (200, 400)
        assert dangers_in(answer.text) == [], VECTORS[number]


def test_what_would_run_is_found_by_what_looks_for_it() -> None:
    tame = (
        *("javascript:fired(43)", "data:text/html,<script>fired(44)</script>", "[go](javascript:fired(47))"),
        *("![x](javascript:fired(48))", "' onmouseover='fired(41)"),
    )
    quiet = [vector for vector in VECTORS if not dangers_in(vector) and vector not in tame]
    assert len(quiet) < 15, quiet


def test_the_policy_of_pages_lets_nothing_in_but_files_of_ours() -> None:
    parts = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert parts["script-src"] == parts["style-src"] == parts["default-src"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert not any(word in CONTENT_SECURITY_POLICY for word in ("unsafe", "*", "data:", "http"))
