from __future__ import annotations

from starlette.requests import Request

from mainstem.web.listing import Asked, Column, Listing, asked_listing

COLUMNS = (
    Column("name", "Name", sortable=True),
    Column("age", "Age", numeric=True, sortable=True),
    Column("x", "X"),
)


def asked(query: str, size: int = 10) -> Asked:
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/people",
            "query_string": query.encode(),
            "headers": [],
            "server": ("127.0.0.1", 80),
            "scheme": "http",
        }
    )
    return asked_listing(request, COLUMNS, "-name", size)


def listing(query: str, rows: int, size: int = 10) -> Listing:
    return asked(query, size).page_of(range(rows))


def test_the_address_gives_order_and_page() -> None:
    found = asked("sort=age&page=3")
    assert (found.sort, found.descending, found.page, found.offset) == ("age", False, 3, 20)
    assert (asked("sort=-age").sort, asked("sort=-age").descending) == ("age", True)


def test_what_cannot_be_meant_is_the_default() -> None:
    for query in (
        "",
        "sort=x",
        "sort=drop+table",
        "sort=",
        "page=0",
        "page=-1",
        "page=two",
        "page=²",
        "page=" + "9" * 30,
    ):
        found = asked(query)
        assert (found.sort, found.descending, found.page) == ("name", True, 1), query


def test_a_page_after_the_last_is_the_last() -> None:
    found = listing("page=99", 25)
    assert (found.page, found.pages, found.rows) == (3, 3, (20, 21, 22, 23, 24))
    assert (found.first, found.last, found.total) == (21, 25, 25)


def test_no_rows_are_one_empty_page() -> None:
    found = listing("page=4", 0)
    assert (found.page, found.pages, found.rows) == (1, 1, ())


def test_sorting_by_the_present_column_turns_it_round_and_begins_at_the_first_page() -> None:
    found = listing("sort=age&page=2&q=a+b", 25)
    assert found.sort_href("age") == "/people?q=a+b&sort=-age"
    assert found.sort_href("name") == "/people?q=a+b&sort=name"
    assert listing("sort=-age", 5).sort_href("age") == "/people?sort=age"


def test_links_to_pages_keep_the_order_and_everything_else() -> None:
    assert listing("sort=-age&q=%26", 25).page_href(2) == "/people?q=%26&sort=-age&page=2"


def test_only_the_ordering_column_says_which_way() -> None:
    found = listing("sort=-age", 5)
    assert (found.order_of("age"), found.order_of("name")) == ("descending", None)


def test_many_pages_are_linked_at_both_ends_and_around_the_present_one() -> None:
    assert listing("page=10", 200).near == (1, None, 8, 9, 10, 11, 12, None, 20)
    assert listing("page=1", 30).near == (1, 2, 3)


def test_rows_fetched_elsewhere_keep_their_total() -> None:
    found = asked("page=2").with_rows(["k"], 11)
    assert (found.first, found.last, found.pages, found.rows) == (11, 11, 2, ("k",))
