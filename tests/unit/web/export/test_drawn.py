"""Tiles and dashboards as PNG, SVG, PDF and ZIP."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from pypdf import PdfReader

from mainstem.web.auth import Role
from mainstem.web.export.colours import colours
from mainstem.web.export.lettering import fitted, width_of, wrapped

if TYPE_CHECKING:
    from typing import Any

    from starlette.testclient import TestClient

    from mainstem.errors import QueryError

BOARD = "/dashboards/health"


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_dashboard_is_printed_with_its_filters_times_tiles_and_page_numbers(web: Any) -> None:
    answer = web.client.get(f"{BOARD}/download/pdf?period=30+days&paper=letter&turn=portrait")
    assert answer.headers["content-type"] == "application/pdf"
    page = PdfReader(io.BytesIO(answer.content)).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (612, 792)
    text = text_of(answer.content)
    for said in ("Health <of> it all", "Period: last 30 days", "12,345", "<b>google</b>", "Page 1 of"):
        assert said in text, said
    assert "Events loaded to 2026-03-02 10:30 UTC" in text


def test_a_broken_tile_is_printed_as_broken_and_harms_no_other(
    company: Any, make_web: Any, unknown_field: QueryError
) -> None:
    company.answers[("visits.visitors",)] = unknown_field
    text = text_of(make_web(company).client.get(f"{BOARD}/download/pdf").content)
    assert "This tile could not be made" in text
    assert "mail" in text


def test_a_zip_has_a_csv_for_each_tile_and_says_what_is_missing(
    company: Any, make_web: Any, unknown_field: QueryError
) -> None:
    company.answers[("visits.visitors",)] = unknown_field
    answer = make_web(company).client.get(f"{BOARD}/download/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["02 Daily.csv", "03 Sources.csv", "problems.txt"]
    assert b"mail" in archive.read("03 Sources.csv")
    assert b"visits.vistors" in archive.read("problems.txt")


def test_a_tile_is_drawn_in_the_colours_of_its_theme(web: Any) -> None:
    light, dark = (
        web.client.get(f"{BOARD}/tiles/daily/download/svg?theme={theme}").text for theme in ("light", "dark")
    )
    assert colours("light")["--series-1"] in light
    assert colours("dark")["--series-1"] in dark
    assert "--series" not in light + dark
    assert "Visit date is in the last 7 days" in light


def test_a_tile_is_had_as_picture_and_as_data_by_all_who_see_it(web: Any) -> None:
    viewer: TestClient = web.logged_in("vi@example.org", Role.VIEWER)
    png = viewer.get(f"{BOARD}/tiles/sources/download/png").content
    assert png.startswith(b"\x89PNG")
    assert text_of(viewer.get(f"{BOARD}/tiles/sources/download/pdf").content).count("mail") == 1
    assert "mail" in viewer.get(f"{BOARD}/tiles/sources/download/csv").text
    assert viewer.get(f"{BOARD}/tiles/sources/download/doc").status_code == 404


def test_an_explore_is_drawn_with_its_filters(analyst: TestClient) -> None:
    asked = "fields=visits.visit_date,visits.visitors&f[visits.visit_date]=7+days"
    answer = analyst.get(f"/explore/company/visits/download/svg?{asked}")
    assert "in the last 7 days" in answer.text
    assert re.search(r'class="[^"]*role-mark', answer.text)


def test_a_text_is_cut_where_it_no_longer_fits() -> None:
    assert fitted("Health of the business", 60, 12).endswith("…")
    assert width_of(fitted("W" * 100, 60, 12), 12) <= 60
    assert wrapped("one two three", 30, 12) == ["one", "two", "three"]
