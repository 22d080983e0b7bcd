"""How DuckDB reaches the bucket that holds a lake's files: Amazon S3, or whatever speaks as it does.

The keys go into one secret that counts for this lake's files alone, so they stand in no statement that errors
or listings repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.errors import ConfigError

if TYPE_CHECKING:
    from mainstem.config import Secret
    from mainstem.warehouse.ducklake.settings import WarehouseSettings

BUCKET_EXTENSION = "httpfs"
BUCKET_SECRET = "mainstem_bucket"  # noqa: S105 # the name DuckDB keeps the secret under
SCHEME = "s3://"


@dataclass(frozen=True)
class Bucket:
    """The way to one bucket. Without keys it is read as anybody may read it."""

    scope: str
    """`s3://bucket/prefix/`."""
    region: str
    url_style: str
    """`path` or `vhost`."""
    key_id: Secret | None = None
    secret: Secret | None = None
    endpoint: str | None = None
    """Host and port; None is Amazon's own."""
    encrypted: bool = True

    @classmethod
    def of(cls, settings: WarehouseSettings, data_path: str) -> Bucket | None:
        """None for a lake in a folder. Raises ConfigError for another scheme, or for half a key."""
        if "://" not in data_path:
            return None
        if not data_path.startswith(SCHEME):
            raise ConfigError("warehouse.data_path", f"{data_path!r}", "a folder, or s3://bucket/prefix")
        if (settings.s3_key_id is None) != (settings.s3_secret is None):
            raise ConfigError("warehouse.s3_key_id", "goes with warehouse.s3_secret", "both, or neither")
        endpoint = urlsplit(settings.s3_endpoint) if settings.s3_endpoint else None
        if endpoint is not None and (endpoint.scheme not in ("http", "https") or not endpoint.netloc):
            valid = "https://host or http://host:port"
            raise ConfigError("warehouse.s3_endpoint", f"{settings.s3_endpoint!r}", valid)
        return cls(
            scope=data_path,
            region=settings.s3_region,
            url_style=settings.s3_url_style or ("vhost" if endpoint is None else "path"),
            key_id=settings.s3_key_id,
            secret=settings.s3_secret,
            endpoint=endpoint.netloc if endpoint is not None else None,
            encrypted=endpoint is None or endpoint.scheme == "https",
        )

    def fields(self) -> dict[str, str]:
        """DuckDB's names of everything but the keys, with their values."""
        found = {
            "scope": self.scope,
            "region": self.region,
            "url_style": self.url_style,
            "use_ssl": str(self.encrypted).lower(),
        }
        return found if self.endpoint is None else {**found, "endpoint": self.endpoint}

    def secrets(self) -> dict[str, Secret]:
        """DuckDB's names of the keys."""
        given = {"key_id": self.key_id, "secret": self.secret}
        return {name: secret for name, secret in given.items() if secret is not None}

    def secret_sql(self) -> str:
        """The statement that gives DuckDB the way. It holds the keys: never log it."""
        values = {**self.fields(), **{name: secret.reveal() for name, secret in self.secrets().items()}}
        quoted = {name: value.replace("'", "''") for name, value in values.items()}
        stated = ", ".join(f"{name.upper()} '{value}'" for name, value in quoted.items())
        return f"CREATE OR REPLACE SECRET {BUCKET_SECRET} (TYPE s3, {stated})"
