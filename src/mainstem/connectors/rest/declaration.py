"""What a declaration of a REST API says: the values that a `.yml` file is read into.

Names are those of dlt's `rest_api` configuration wherever it has one: `client`, `resources`, `endpoint`,
`paginator`, `incremental`, `primary_key`. What dlt leaves to Python (budgets, deleted rows, tables of lists,
types of columns) stands beside them. Values alone; their docstrings are the reference and the JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mainstem.connectors.rest.client import Client, Paginator, ResponseAction, Seconds

Name: TypeAlias = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$(?!\n)", description="lower-case letters, digits and `_`"),
]
Path: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^(\$|[^.\s{}\[\]$]+(\.[^.\s{}\[\]$]+)*)$(?!\n)",
        description="names with dots between, such as `customer.address.city`; `$` for the whole",
    ),
]
ColumnKind: TypeAlias = Literal[
    "string", "int", "float", "boolean", "datetime", "json", "epoch", "epoch_ms", "present"
]


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that differs from project to project: `[connectors.NAME.parameters]` gives it."""

    description: str = ""
    """What it is, for people."""
    type: Literal["text", "list"] = "text"
    """A `list` in a path is one request for each of its values."""
    default: Any = None
    """Where the project gives none; left out, it has to."""


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `mainstem connectors check` asks to see whether we are let in."""

    path: str
    """A path that everybody may read who is let in."""
    shows: Path | None = None
    """What of its answer is shown: who we are."""


class Incremental(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a list is read from where the last run ended."""

    cursor_path: Path
    """In a row: what grows when it changes."""
    type: Literal["datetime", "epoch", "epoch_ms", "number", "text"] = "datetime"
    """What it is; `epoch` are seconds since 1970."""
    start_param: str | None = None
    """The parameter that takes its least value. Without one, and with `row_order: desc`, reading ends with
    the first page that has older rows."""
    end_param: str | None = None
    """The parameter that takes a value that is too great, for ranges."""
    initial_value: Any = None
    """What the first run begins with; left out, the day `start` of `mainstem.toml`."""
    lag: Seconds = 300
    """Seconds before the newest row of the last run with which the next begins."""
    row_order: Literal["asc", "desc"] | None = None
    """How the service sorts. With `asc` every page is asked from the newest row on, so that none is missed
    when rows move between pages."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked."""

    path: str
    """Below `base_url`. `{resources.NAME.FIELD}` is a request for each row of that resource."""
    method: Literal["GET", "POST"] = "GET"
    """POST for services that read by it: such a request may be sent twice."""
    params: dict[str, Any] = {}
    """Of the query."""
    json: dict[str, Any] | None = None
    """The body of a POST."""
    headers: dict[str, str] = {}
    """Beside those of the client."""
    paginator: Paginator | None = None
    """Instead of the client's."""
    data_selector: Path = "$"
    """Where the rows stand in the answer."""
    incremental: Incremental | None = None
    """Left out, every run reads all."""
    response_actions: tuple[ResponseAction, ...] = ()
    """Answers that say there is nothing to read: `ignore` alone."""


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column and where its value stands."""

    type: ColumnKind = "string"
    """`epoch` and `epoch_ms` are numbers in the source and moments here; `json` keeps what has parts;
    `present` is whether there is something."""
    from_: Path | None = msgspec.field(default=None, name="from")
    """In the row; left out, the field with the column's name. `$` is the row itself, in a list of texts."""
    from_parent: Path | None = None
    """In the row of the parent: of the resource in the path, or around the list."""


class More(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rest of a list of which an answer holds only the beginning."""

    when: Path
    """In the row: true when there is more."""
    path: Path
    """In the row: the path, or the address, of the whole list."""


class Child(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of what a row holds: the rows of a list, or an object as a row of its own."""

    table: Name
    """Its name."""
    path: Path
    """Where the list, or the object, stands in the row."""
    primary_key: tuple[Name, ...]
    """Columns that tell its rows apart."""
    owner: Name | None = None
    """The column with the key of the row that they belong to: what that row has no more is removed. Left
    out, rows stay: people and labels that many rows name."""
    index: Name | None = None
    """A column with the row's place in the list, from 0."""
    more: More | None = None
    """Where the rest is."""
    columns: dict[Name, Column] = {}
    """As of a resource."""
    flatten: tuple[Path, ...] = ()
    """As of a resource."""
    exclude: tuple[Path, ...] = ()
    """As of a resource."""
    emails: tuple[str, ...] | None = None
    """As of a resource."""


class Changes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the service tells what changed: read instead of the list once that has been read whole."""

    endpoint: Endpoint
    """The list of changes, with `incremental`. The newest of a row is taken."""
    record: Path
    """Where the row stands in a change."""
    where: dict[str, tuple[Any, ...]] = {}
    """Changes that count: paths, and the values they may have."""
    deleted: dict[str, tuple[Any, ...]] = {}
    """Changes that say the row is gone: paths, and the values they then have."""
    keep_days: Annotated[float, Meta(gt=0, description="days, more than 0")] | None = None
    """Days for which the service keeps them: after more without a run, the list is read again."""


class Resource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of the service, and the table it comes to. Each is a stream."""

    name: Name
    """Of the stream."""
    endpoint: Endpoint
    """What is asked; a path alone is enough."""
    primary_key: tuple[Name, ...]
    """Columns that tell rows apart."""
    table: Name | None = None
    """Left out, the name."""
    with_parent: bool = False
    """Whether it is read for every row of the resource in its path as that is read, in its stream. Else it is
    a stream of its own, that lists the other first."""
    owner: Name | None = None
    """With `with_parent`: the column with the parent's key. What the parent has no more is removed."""
    columns: dict[Name, Column] = {}
    """Columns with a type or another name than the field's; others come as they are found."""
    flatten: tuple[Path, ...] = ()
    """Objects whose fields become columns, named `object_field`. Others are kept as JSON."""
    exclude: tuple[Path, ...] = ()
    """Fields that are left out."""
    emails: tuple[str, ...] | None = None
    """Columns with e-mail addresses; left out, those named `email` or `…_email`."""
    where: dict[str, tuple[Any, ...]] = {}
    """Rows that count: paths, and the values they may have."""
    children: tuple[Child, ...] = ()
    """Tables of what a row holds."""
    deletes: Literal["unknown", "told", "listing"] = "unknown"
    """How deleted rows are known: not at all; by `deleted` or `changes`; or because the list lacks them."""
    deleted: dict[str, tuple[Any, ...]] = {}
    """Rows that are gone: paths, and the values they then have."""
    deleted_column: Name | None = None
    """A column that says so too, beside `_fivetran_deleted`."""
    changes: Changes | None = None
    """Where the service tells what changed."""


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A REST API."""

    title: str
    """What people call the service."""
    client: Client
    """Where it is and how it is asked."""
    resources: Annotated[tuple[Resource, ...], Meta(min_length=1, description="one resource or more")]
    """What is read."""
    resource_defaults: dict[str, Any] = {}
    """Fields of every resource, and of its `endpoint`, that does not say otherwise."""
    parameters: dict[str, Parameter] = {}
    """What a project gives."""
    secrets: dict[str, str] = {}
    """Names of the secrets that a project gives in `[connectors.NAME.secrets]`, and what they are."""
    check: Check | None = None
    """How to see whether we are let in."""

    def resource(self, name: str) -> Resource:
        """Raises KeyError for one there is not."""
        for one in self.resources:
            if one.name == name:
                return one
        raise KeyError(name)
