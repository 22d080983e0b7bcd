"""The process that sends one message: an order on standard input, an answer on standard output.

Promise: Apprise's own logging, which writes addresses, goes nowhere but into the answer, and there every
part of the address is struck. Nothing is kept on disk.
"""

from __future__ import annotations

import logging
import sys

import msgspec

from mainstem.notify.struck import address_kept_secret, secrets_struck

LONGEST_S = 45
"""Seconds for the whole of it."""
LONGEST_WORDS = 500


class Order(msgspec.Struct, frozen=True):
    url: str
    title: str
    body: str
    level: str


class Answer(msgspec.Struct, frozen=True):
    is_taken: bool
    words: str = ""
    """Why not."""


def deliver(order: Order) -> Answer:
    """Send it by the plugin that its URL names."""
    import apprise  # 0.8 s and 25 MB

    address_kept_secret(order.url)
    log = logging.getLogger(apprise.logger.name)
    log.propagate = False
    log.addHandler(logging.NullHandler())
    asset = apprise.AppriseAsset(
        app_id="Mainstem",
        app_desc="Mainstem",
        app_url="",
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        secure_logging=True,
    )
    notifier = apprise.Apprise(asset=asset)
    if not notifier.add(order.url):
        return Answer(False, "Apprise does not know such a URL, or a part of it is missing")
    result = notifier.notify(
        title=order.title,
        body=order.body,
        notify_type=order.level,
        body_format=apprise.NotifyFormat.TEXT,
        timeout=LONGEST_S,
    )
    if result:
        return Answer(True)
    words = [entry.message for entry in result.logs()] or [result.status.name.lower()]
    return Answer(False, secrets_struck("; ".join(words))[:LONGEST_WORDS])


def main() -> None:
    answer = deliver(msgspec.json.decode(sys.stdin.buffer.read(), type=Order))
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
