"""A bucket on this machine, served as Amazon serves its own: what is put there is gone with the process.

It takes any keys; that keys are asked for is not proved by it.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import urllib3

from mainstem.config import Secret
from mainstem.warehouse.ducklake import WarehouseSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_ID = "bucket-key-of-tests"
SECRET = "bucket-secret-of-tests"  # noqa: S105 # any will do


@contextmanager
def bucket_server() -> Iterator[str]:
    """The address of a server of buckets."""
    from moto.server import ThreadedMotoServer  # of the tests alone, and heavy

    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it tells of every request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(address: str) -> WarehouseSettings:
    """Settings of a lake in a bucket that has just been made."""
    name = f"lake-{uuid.uuid4().hex[:12]}"
    answer = urllib3.request("PUT", f"{address}/{name}", headers={"Authorization": "AWS any:any"})
    if answer.status != 200:
        raise OSError(f"{address} made no bucket: {answer.status} {answer.data.decode(errors='replace')}")
    return WarehouseSettings(
        data_path=f"s3://{name}/some/prefix",
        s3_endpoint=address,
        s3_key_id=Secret(KEY_ID),
        s3_secret=Secret(SECRET),
    )
