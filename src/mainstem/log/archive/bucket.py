"""Files in a bucket of Amazon S3, or of any server that speaks its protocol.

Who may enter, and where the server is, stands in the environment, under the names that every S3 client
reads: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`. An upload that breaks
off leaves no file.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mainstem.errors import EnvironmentFailure
from mainstem.log.archive.storage import Storage, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import S3Config, S3Store

    from mainstem.log.archive.storage import BucketAccess

try:
    import obstore
    from obstore.exceptions import BaseError
except ImportError as e:  # an extra, because most projects keep their archive in a folder
    raise EnvironmentFailure("a place in a bucket needs the extra `s3`: pip install 'mainstem[s3]'") from e

_IN_MEMORY = 8 * 1024 * 1024
"""What is larger waits on disk to be sent."""


class BucketStorage(Storage):
    """`place` is `s3://bucket/prefix`."""

    def __init__(
        self, place: str, store: S3Store | None = None, *, access: BucketAccess | None = None
    ) -> None:
        """`access` is the way in, the environment's where it is left out; `store` stands in for a bucket."""
        self._place = place.rstrip("/")
        self._store = _opened(self._place, access) if store is None else store

    def __str__(self) -> str:
        return self._place

    def list(self, prefix: str) -> list[Stored]:
        try:
            found = [
                Stored(entry["path"], entry["size"])
                for some in self._store.list(prefix.strip("/") or None)
                for entry in some
            ]
        except (BaseError, OSError) as e:
            raise self._failure("list", e) from e
        return sorted(found)

    def size(self, name: str) -> int | None:
        try:
            return int(self._store.head(name)["size"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as e:
            raise self._failure("read", e) from e

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        # Whole before it is sent: pieces may come from a bucket, and the client does one thing at a time.
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
            for piece in pieces:
                whole.write(piece)
            whole.seek(0)
            try:
                self._store.put(name, whole)
            except (BaseError, OSError) as e:
                raise self._failure("write to", e) from e

    def read(self, name: str, position: int, size: int) -> bytes:
        known = self.size(name)
        if known is None:
            raise FileNotFoundError(f"{self._place}/{name}")
        end = min(known, position + size)
        if end <= position:
            return b""
        try:
            return bytes(self._store.get_range(name, start=position, end=end))
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as e:
            raise self._failure("read", e) from e

    def delete(self, name: str) -> None:
        try:
            self._store.delete(name)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as e:
            raise self._failure("delete from", e) from e

    def _failure(self, what: str, e: Exception) -> EnvironmentFailure:
        lines = str(e).strip().splitlines() or [type(e).__name__]
        return EnvironmentFailure(f"cannot {what} {self._place}: {lines[0]}")


def _config(access: BucketAccess) -> S3Config:
    config: S3Config = {
        "region": access.region,
        "virtual_hosted_style_request": not access.is_path_style,
        "skip_signature": access.key_id is None,
    }
    if access.endpoint is not None:
        config["endpoint"] = access.endpoint
    if access.key_id is not None and access.secret is not None:
        config["access_key_id"] = access.key_id.reveal()
        config["secret_access_key"] = access.secret.reveal()
    return config


def _opened(place: str, access: BucketAccess | None) -> S3Store:
    endpoint = os.environ.get("AWS_ENDPOINT_URL") if access is None else access.endpoint
    config: S3Config = {} if access is None else _config(access)
    _check_endpoint(place, endpoint)
    try:
        return obstore.store.S3Store.from_url(
            place, config=config, client_options={"allow_http": (endpoint or "").startswith("http://")}
        )
    except (BaseError, ValueError) as e:
        raise EnvironmentFailure(f"cannot use {place}: {e}") from e


def _check_endpoint(place: str, endpoint: str | None) -> None:
    """The client panics at one that is no URL, an empty one too, and takes the process with it."""
    address = urlsplit(endpoint) if endpoint is not None else None
    if address is not None and (address.scheme not in ("http", "https") or not address.netloc):
        raise EnvironmentFailure(
            f"cannot use {place}: the endpoint {endpoint!r} (AWS_ENDPOINT_URL, or the setting) is no "
            "address; valid: https://host or http://host:port, or none at all for Amazon's own"
        )
