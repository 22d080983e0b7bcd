"""How a declared service is asked: how we are let in, how its pages are turned, what it allows and what its
answers mean. Values alone, of `declaration`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

Positive: TypeAlias = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, description="seconds, 0 or more")]


class BearerAuth(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="bearer", tag_field="type"
):
    """A token in the header `Authorization`."""

    token: str
    """`{secrets.NAME}`."""


class ApiKeyAuth(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="api_key", tag_field="type"
):
    """A key in a header or in the query."""

    name: str
    """Of the header or the parameter."""
    api_key: str
    """`{secrets.NAME}`."""
    location: Literal["header", "query"] = "header"
    """Where it goes."""


class HttpBasicAuth(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="http_basic", tag_field="type"
):
    """A user and a password, or what a service wants in their place."""

    username: str
    """`{secrets.NAME}`, `{parameters.NAME}` or text."""
    password: str = ""
    """`{secrets.NAME}`, or empty."""


class OAuth2ClientCredentials(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="oauth2_client_credentials",
    tag_field="type",
):
    """A token that the client gets for itself (RFC 6749, 4.4), and again when it ends."""

    access_token_url: str
    """A path of the service, or a whole address."""
    client_id: str
    """`{parameters.NAME}`, `{secrets.NAME}` or text."""
    client_secret: str
    """`{secrets.NAME}`."""
    scope: str = ""
    """What is asked for."""


Auth: TypeAlias = BearerAuth | ApiKeyAuth | HttpBasicAuth | OAuth2ClientCredentials


class SinglePage(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="single_page", tag_field="type"
):
    """Everything comes at once."""


class HeaderLink(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="header_link", tag_field="type"
):
    """The address of the next page stands in the header `Link` (RFC 8288)."""

    links_next_key: str = "next"
    """Its `rel`."""


class JsonLink(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="json_link", tag_field="type"
):
    """The address of the next page stands in the answer."""

    next_url_path: str = "paging.next"
    """JSONPath to it."""


class Cursor(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="cursor", tag_field="type"
):
    """A cursor in the answer, for a parameter of the next request."""

    cursor_path: str = "cursors.next"
    """JSONPath to it; `data[-1].id` is the id of the last row."""
    cursor_param: str | None = None
    """The parameter; left out, `cursor`."""
    cursor_body_path: str | None = None
    """Where it goes in the JSON of a request, instead of a parameter."""
    stop_after_empty_page: bool = False
    """Whether a page without rows is the last, where a cursor comes with every page."""
    has_more_path: str | None = None
    """JSONPath to what says whether there is another page."""


class HeaderCursor(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="header_cursor",
    tag_field="type",
):
    """A cursor in a header of the answer, for a parameter of the next request."""

    cursor_key: str = "next"
    """The header."""
    cursor_param: str = "cursor"
    """The parameter."""


class Offset(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="offset", tag_field="type"
):
    """Rows are counted: a parameter says how many to leave out."""

    limit: Positive
    """Rows of a page."""
    offset: int = 0
    """Of the first page."""
    offset_param: str = "offset"
    """The parameter."""
    limit_param: str = "limit"
    """The parameter with the rows of a page."""
    total_path: str | None = None
    """JSONPath to the number of all rows; left out, an empty page ends it."""
    has_more_path: str | None = None
    """JSONPath to what says whether there is another page."""
    stop_after_empty_page: bool = True
    """Whether a page without rows is the last."""


class PageNumber(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="page_number", tag_field="type"
):
    """Pages are counted."""

    base_page: int = 1
    """The number of the first."""
    page_param: str = "page"
    """The parameter."""
    total_path: str | None = None
    """JSONPath to the number of all pages; left out, an empty page ends it."""
    has_more_path: str | None = None
    """JSONPath to what says whether there is another page."""
    stop_after_empty_page: bool = True
    """Whether a page without rows is the last."""


Paginator: TypeAlias = SinglePage | HeaderLink | JsonLink | Cursor | HeaderCursor | Offset | PageNumber


class LimitRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many calls in any stretch of so many seconds. A request waits its turn."""

    calls: Positive
    """How many."""
    seconds: Annotated[float, Meta(gt=0, description="seconds, more than 0")]
    """In how long."""
    path: str = ""
    """A regular expression that is looked for in the request's path; empty for every request."""


class QuotaHeaders(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Headers by which the service says what is left of its quota."""

    remaining: str
    """Calls that are left."""
    limit: str = ""
    """Calls there were at the beginning."""
    reset: str = ""
    """When it starts anew."""
    reset_as: Literal["epoch", "seconds"] = "epoch"
    """How that is written: seconds since 1970, or seconds from now."""


class ResponseAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an answer means where its status does not say so. All that is given has to hold; the first that
    does is taken."""

    action: Literal["ignore", "retry", "wait", "quota", "renew", "denied", "refused"]
    """`ignore` there is nothing to read, `retry` try again, `wait` too many requests, `quota` nothing more
    for a long time, `renew` the token ended, `denied` not allowed, `refused` the request is wrong."""
    status_code: Annotated[int, Meta(ge=100, le=599, description="a status, 100 to 599")] | None = None
    """The status."""
    content: str = ""
    """Text that stands in the answer."""
    headers: dict[str, str] = {}
    """Headers and their values; an empty value for one that is there at all."""
    seconds: Seconds = 0
    """Of `wait`, when the answer says nothing: for how long nobody asks."""


class Client(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service."""

    base_url: str
    """Its address; `base_url` in `mainstem.toml` takes its place."""
    headers: dict[str, str] = {}
    """Of every request."""
    auth: Auth | None = None
    """How we are let in."""
    paginator: Paginator | None = None
    """Of every endpoint that has none of its own."""
    account: str = ""
    """Whose budget it is: connectors of the same account count together. Left out, the address."""
    limits: tuple[LimitRule, ...] = ()
    """What the service allows."""
    quota: QuotaHeaders | None = None
    """Where it says what is left."""
    response_actions: tuple[ResponseAction, ...] = ()
    """What its answers mean."""
