"""What a project says of files that are read."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from mainstem.config import Secret
from mainstem.connectors.settings import ConnectorSettings
from mainstem.warehouse import ColumnType

IpRule = Literal["keep", "truncate", "remove", "pseudonymise"]
FormatName = Literal["csv", "ndjson", "parquet", "cloudfront", "alb", "elb"]


class FileTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME.tables.TABLE]`: files that go to one table."""

    files: str
    """Which, by path below `location`: `orders/*.csv`, `**/*.log.gz`. `**/` is any folders, `*` any part of a
    name."""
    format: FormatName
    """`csv`, `ndjson`, `parquet`, or logs of `cloudfront` (standard logs), `alb`, `elb` (classic)."""
    columns: dict[str, ColumnType] = {}
    """Types of columns, by their name in the table: boolean, int, float, string, datetime, json. In CSV all
    others are text; in NDJSON they are what their first value is."""
    key: tuple[str, ...] = ()
    """Columns that tell rows apart across files; left out, file and line."""
    header: bool = True
    """CSV: whether the first line names the columns."""
    names: tuple[str, ...] = ()
    """CSV: names of the columns, where no line does."""
    delimiter: Annotated[str, msgspec.Meta(min_length=1, max_length=1)] = ","
    """CSV: what stands between two fields."""
    quote: Annotated[str, msgspec.Meta(max_length=1)] = '"'
    """CSV: what a field is quoted by; a quoted one may hold line ends. Empty for none."""
    escape: Annotated[str, msgspec.Meta(max_length=1)] = ""
    """CSV: what stands before a quote that is one; empty where quotes are doubled."""
    detect: bool = False
    """CSV: find `delimiter` and `quote` out from the beginning of each file."""
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Lines before the first that counts."""
    nulls: tuple[str, ...] = ("",)
    """CSV: texts that stand for no value."""
    encoding: str = "utf-8"
    """Of text files, by Python's names: `latin-1`, `cp1252`, `utf-16`."""
    ip: IpRule = "truncate"
    """What becomes of addresses of clients: kept, shortened to 24 bits of IPv4 and 48 of IPv6, removed, or
    kept as pseudonym alone."""
    ip_columns: tuple[str, ...] = ("client_ip", "c_ip", "x_forwarded_for")
    """Columns that hold such addresses."""
    pseudonymise: tuple[str, ...] = ()
    """Other columns of which the pseudonym alone is kept."""
    clean: tuple[str, ...] | None = None
    """Columns in which e-mail addresses, tokens, card and phone numbers are masked, as in events; left out,
    those of logs with addresses of pages, and none of other files."""
    without_columns: tuple[str, ...] = ()
    """Columns that are not kept."""
    removed: Literal["keep", "delete"] = "keep"
    """What becomes of rows whose file is there no more."""


class FilesSettings(ConnectorSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[connectors.NAME]` with `type = "files"`. A table `[connectors.NAME.tables.TABLE]` for each kind of
    file."""

    location: str = ""
    """A folder, or `s3://bucket/prefix`."""
    tables: dict[str, FileTable] = {}  # noqa: RUF012 # a Struct copies it
    """By the name of the table."""
    s3_endpoint: str | None = None
    """Where the bucket is served, such as `https://storage.example.com`. Left out: Amazon S3."""
    s3_region: str = "us-east-1"
    """The bucket's region."""
    s3_key_id: Secret | None = None
    """Id of the key that reads the bucket. Left out, with `s3_secret`: as anybody may."""
    s3_secret: Secret | None = None
    """Its secret."""
    s3_url_style: Literal["path", "vhost"] | None = None
    """As in `[warehouse]`."""
    longest_line_kb: Annotated[int, msgspec.Meta(ge=1)] = 1024
    """A longer line, or record of CSV, is rejected."""
    page_rows: Annotated[int, msgspec.Meta(ge=1)] = 5000
    """Rows after which a sync that dies can go on."""
