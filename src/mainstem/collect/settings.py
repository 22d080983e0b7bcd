"""What an operator may change about the gateway: the `[collect]` table of `mainstem.toml`.

Every default is safe to expose to the internet. Sources are no settings: they are `[[sources]]`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from mainstem.config import Secret

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class CollectSettings(msgspec.Struct, frozen=True):
    """Bytes, counts and seconds throughout."""

    host: str = "127.0.0.1"
    """Address to listen on; `0.0.0.0` for every interface."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    """TCP port; 0 takes a free one, which the ready line names."""
    partition: str = "gateway-0"
    """This gateway's own part of the log; each process that shares a data folder needs another name."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Processes that share the port, each with its own part of the log: `gateway-0`, `gateway-1`, … One
    takes a core. Sizes and limits below are of each; a source's rate limit is of all together."""
    strict: bool = False
    """Refuse a whole batch with 400 when one event in it is bad, as RudderStack does. Off, that event
    goes to quarantine and the rest is accepted."""
    public_url: str | None = None
    """URL that browsers reach this gateway under; unset, the request's own `Host`, or what a trusted
    proxy says it was."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (`10.0.0.0/8`) and addresses of the proxies in front, whose `X-Forwarded-For`, `-Proto`
    and `-Host` are believed. Empty believes nobody: the address of the peer is kept."""
    path_aliases: dict[str, str] = {}
    """Prefixes under which routes answer too, because ad blockers know the usual paths:
    `{"/e/" = "/v1/"}` takes `/e/track` for `/v1/track`. Browsers are told the first one for `/v1/`."""
    hosted_files: dict[str, str] = {}
    """Files that are served to browsers, such as the SDKs: path → file, relative to the project.
    `{"/sdk/rsa.min.js" = "sdk/rsa.min.js"}`. Read once at start, 4 MiB each at most."""
    honour_batch_sent_at: bool = False
    """Correct skewed clocks by the `sentAt` beside a batch, where its items have none of their own, as
    Segment does. Off, it is ignored, as RudderStack does."""
    flag_bots: bool = False
    """Set `context.isBot` and `context.bot` by the user agent; costs every event a decoding."""
    geo_database: str | None = None
    """A MaxMind-format city database, relative to the project: sets `context.geo` by the address of the
    visitor. Unset, nothing is looked up."""
    metrics: bool = True
    """Answer `/metrics` on the public port. The internal port, where there is one, always does."""
    internal_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    """TCP port on which a loader on another machine reads this gateway's log, and where metrics are; unset,
    there is none; 0 takes a free one."""
    internal_host: str = "127.0.0.1"
    """Address the internal port listens on; any but the loopback needs an `internal_token`."""
    internal_token: Secret | None = None
    """What a reader sends to the internal port as `Authorization: Bearer …`."""
    min_free_bytes: Annotated[int, msgspec.Meta(ge=0)] = 256 * 1024 * 1024
    """Events are answered 503 while fewer bytes than this are free on the disk of the log, or than a
    twentieth of it where that is less."""
    max_body_bytes: Count = 4000 * 1024
    """Largest body, after decompression; a longer one is answered 413."""
    max_batch_events: Count = 5000
    """Items of one batch; more are answered 413. SDKs send 250 at most, and a body of a million tiny
    items would grow a hundredfold in the log."""
    max_header_bytes: Count = 16 * 1024
    """Largest request line and headers together; more is answered 431."""
    max_connections: Count = 4096
    """Open connections; one more is answered 503 and closed."""
    max_pipelined: Count = 64
    """Unanswered requests of one connection, past which it is not read from."""
    max_waiting_bytes: Count = 32 * 1024 * 1024
    """Accepted events that the log has not yet made durable; past it no connection is read
    from. Keep it below the log's own `max_pending_bytes`, or senders get 503 where they could wait."""
    max_partial_bytes: Count = 64 * 1024 * 1024
    """Bodies that have not wholly arrived, and the copies made of them; when it gets tight they are read in
    turn, the oldest first, and who has the turn and sends nothing is cut off."""
    max_depth: Count = 100
    """Objects and lists within one another, in one event. A deeper one goes to quarantine, or is answered
    400 where it comes alone."""
    max_keys: Count = 10_000
    """Keys, objects and lists in one event together; one with more is treated the same."""
    first_byte_timeout: Seconds = 30.0
    """From the opening of a connection to its first byte. The connection is closed without an answer."""
    header_timeout: Seconds = 10.0
    """From a request's first byte to the end of its headers. The connection is closed without an
    answer, which every SDK retries."""
    body_timeout: Seconds = 60.0
    """From the end of the headers to the end of the body; also how long a client may not read."""
    idle_timeout: Seconds = 75.0
    """How long a connection without a request is kept."""
    linger_timeout: Seconds = 5.0
    """How long a refused body is read and thrown away, so that its sender sees the answer."""
    shutdown_timeout: Seconds = 20.0
    """How long requests under way may take after SIGTERM."""
    retry_after: Count = 5
    """Seconds that a 503 asks the sender to wait."""
