"""Drawings of an explore's answer on its page: their words, what they leave out, what cannot be drawn."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ASKED = "/explore/company/visits/answer?fields=visits.source,visits.pages&sorts=visits.pages&vis="


def drawn(analyst: TestClient, kind: str) -> str:
    answer = analyst.get(ASKED + quote(json.dumps({"type": kind})))
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_a_pie_has_its_words_and_its_table(analyst: TestClient) -> None:
    page = drawn(analyst, "looker_pie")
    assert re.search(r'role="img" aria-label="Pie of Pages by Source, 3 slices, 9 in all\.', page)
    assert '"label": "NULL"' in page
    assert "<table" in page


def test_a_word_cloud_says_what_it_does_not_keep_to_scale(analyst: TestClient) -> None:
    assert "Word cloud of Pages by Source, 3 words, largest first. a,b 5;" in drawn(
        analyst, "looker_wordcloud"
    )


def test_a_single_record_is_the_first_row_and_says_that_there_are_more(analyst: TestClient) -> None:
    page = drawn(analyst, "looker_single_record")
    record = re.search(r'<dl class="record".*?</dl>', page, re.DOTALL)
    assert record is not None
    assert re.findall(r"<dt>(.*?)</dt>", record[0]) == ["Source", "Pages"]
    assert "The first of 3 rows" in page


def test_a_map_without_coordinates_is_a_table_that_says_why(analyst: TestClient) -> None:
    for kind in ("looker_map", "looker_geo_choropleth"):
        page = drawn(analyst, kind)
        assert "needs their borders, which are not here" in page
        assert "<mainstem-chart" not in page


def test_what_lacks_the_fields_for_a_drawing_is_a_table_that_says_which(analyst: TestClient) -> None:
    page = drawn(analyst, "looker_boxplot")
    assert "Shown as a table: a boxplot needs a dimension and five measures" in page
