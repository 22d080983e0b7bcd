"""Files of a bucket of Amazon S3, or of any server that speaks its protocol.

A file that is written anew while it is read is not read on: what was listed is what is read.
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from mainstem.connectors.files.places import Place, RangeReader, StoredFile
from mainstem.errors import ApiUnavailable, ConfigError, CredentialsRefused, EnvironmentFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from obstore.store import S3Config, S3Store

    from mainstem.connectors.files.settings import FilesSettings

try:
    import obstore
    from obstore import exceptions
except ImportError as e:  # an extra, because most projects have no bucket
    raise EnvironmentFailure("files in a bucket need the extra `s3`: pip install 'mainstem[s3]'") from e

_AT_ONCE = 4 * 1024 * 1024
"""Bytes of one request."""


class Bucket(Place):
    def __init__(self, settings: FilesSettings, where: str) -> None:
        """Raises ConfigError for half a key, or an endpoint that is none."""
        self._location = settings.location.rstrip("/")
        self._store = _opened(settings, where)

    def list(self, prefix: str) -> Iterator[StoredFile]:
        try:
            for some in self._store.list(prefix or None):
                for entry in some:
                    version = entry["e_tag"] or f"{entry['last_modified'].timestamp()}-{entry['size']}"
                    yield StoredFile(entry["path"], entry["size"], version, entry["last_modified"])
        except (exceptions.BaseError, OSError) as e:
            self._refuse("list", e)

    def open(self, file: StoredFile) -> IO[bytes]:
        return io.BufferedReader(_Ranges(self._store, file, self._refuse), _AT_ONCE)

    def _refuse(self, what: str, e: Exception) -> NoReturn:
        if isinstance(e, FileNotFoundError):
            raise e
        said = f"cannot {what} {self._location}: {next(iter(str(e).strip().splitlines()), type(e).__name__)}"
        if isinstance(
            e, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError | PermissionError
        ):
            raise CredentialsRefused(said) from e
        raise ApiUnavailable(said) from e


class _Ranges(RangeReader):
    def __init__(
        self, store: S3Store, file: StoredFile, refuse: Callable[[str, Exception], NoReturn]
    ) -> None:
        super().__init__(file.size)
        self._store = store
        self._file = file
        self._refuse = refuse

    def range(self, begin: int, end: int) -> bytes:
        try:
            found = obstore.get(
                self._store, self._file.path, options={"range": (begin, end), "if_match": self._file.version}
            )
            return bytes(found.bytes())
        except exceptions.PreconditionError as e:
            raise FileNotFoundError(f"{self._file.path} was written anew meanwhile") from e
        except (exceptions.BaseError, OSError) as e:
            self._refuse("read", e)


def _opened(settings: FilesSettings, where: str) -> S3Store:
    if (settings.s3_key_id is None) != (settings.s3_secret is None):
        raise ConfigError(f"{where} s3_key_id", "goes with s3_secret", "both, or neither")
    endpoint = settings.s3_endpoint
    if endpoint is not None:
        address = urlsplit(endpoint)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise ConfigError(f"{where} s3_endpoint", f"{endpoint!r}", "https://host or http://host:port")
    style = settings.s3_url_style or ("vhost" if endpoint is None else "path")
    config: S3Config = {
        "region": settings.s3_region,
        "virtual_hosted_style_request": style == "vhost",
        "skip_signature": settings.s3_key_id is None,
    }
    if endpoint is not None:
        config["endpoint"] = endpoint
    if settings.s3_key_id is not None and settings.s3_secret is not None:
        config["access_key_id"] = settings.s3_key_id.reveal()
        config["secret_access_key"] = settings.s3_secret.reveal()
    try:
        return obstore.store.S3Store.from_url(
            settings.location, config=config, client_options={"allow_http": (endpoint or "")[:7] == "http://"}
        )
    except (exceptions.BaseError, ValueError) as e:
        raise ConfigError(f"{where} location", f"cannot use {settings.location}: {e}") from e
