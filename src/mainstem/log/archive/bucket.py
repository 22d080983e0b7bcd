"""Files in a bucket of Amazon S3, or of any server that speaks its protocol.

Who may enter, and where the server is, stands in the environment, under the names that every S3 client
reads: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`. An upload that breaks
off leaves no file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mainstem.errors import EnvironmentFailure
from mainstem.log.archive.storage import Storage, Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from obstore.store import S3Store

try:
    import obstore
    from obstore.exceptions import BaseError
except ImportError as e:  # an extra, because most projects keep their archive in a folder
    raise EnvironmentFailure("a place in a bucket needs the extra `s3`: pip install 'mainstem[s3]'") from e


class BucketStorage(Storage):
    """`place` is `s3://bucket/prefix`."""

    def __init__(self, place: str, store: S3Store | None = None) -> None:
        """`store` stands in for the bucket that the environment leads to."""
        self._place = place.rstrip("/")
        self._store = _opened(self._place) if store is None else store

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
        source = _Source(pieces)
        try:
            self._store.put(name, iter(source))
        except (BaseError, OSError) as e:
            if source.failure is not None:  # not about this bucket
                raise source.failure from None
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


class _Source:
    """Pieces of a file, and what was raised instead of the next one."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._pieces
        except Exception as e:
            self.failure = e
            raise


def _opened(place: str) -> S3Store:
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    try:
        return obstore.store.S3Store.from_url(
            place, client_options={"allow_http": endpoint.startswith("http://")}
        )
    except (BaseError, ValueError) as e:
        raise EnvironmentFailure(f"cannot use {place}: {e}") from e
