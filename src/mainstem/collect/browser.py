"""What browser SDKs fetch before they send anything, and the CORS headers without which they do not.

The bodies hold the least that lets the unmodified SDKs go on (rudder-js 3.34, segment-next 1.84). No
destination is ever listed: events go to this gateway and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.events import Source


CORS_REQUEST_HEADERS = (b"origin", b"access-control-request-headers")
"""Lower-case names of the headers that `cors_headers` reads."""


def source_config(source: Source, write_key: str, updated_at: str) -> dict[str, Any]:
    """`/sourceConfig` for rudder-js. A disabled source says so, and the SDK then stays silent."""
    silent = {"enabled": False}
    return {
        "source": {
            "id": source.id,
            "name": source.name,
            "writeKey": write_key,
            "enabled": source.enabled,
            "workspaceId": "mainstem",
            "config": {"statsCollection": {"errors": silent, "metrics": silent}},
            "dataplanes": {},
            "destinations": [],
        },
        "updatedAt": updated_at,
    }


def segment_settings(
    write_key: str, public_url: str | None, headers: Mapping[bytes, bytes], api_path: str = "/v1"
) -> dict[str, Any]:
    """`/v1/projects/{key}/settings` for segment-next.

    Without `apiHost` that SDK sends its events to Segment, so the gateway names itself: by
    `public_url`, or else as the browser has just reached it. `api_path` is `/v1` or an alias of it.
    """
    protocol, host = _own_address(public_url, headers)
    destination = {"apiKey": write_key}
    if host:
        destination |= {"apiHost": host + api_path, "protocol": protocol}
    return {"integrations": {"Segment.io": destination}}


def _own_address(public_url: str | None, headers: Mapping[bytes, bytes]) -> tuple[str, str]:
    if public_url is not None:
        protocol, _, host = public_url.rstrip("/").rpartition("://")
        return protocol or "https", host
    proto = _first(headers, b"x-forwarded-proto").lower()
    name = _first(headers, b"x-forwarded-host") or headers.get(b"host", b"")
    return "https" if proto == b"https" else "http", name.decode("latin-1")


def _first(headers: Mapping[bytes, bytes], name: bytes) -> bytes:
    return headers.get(name, b"").split(b",")[0].strip()


def cors_headers(headers: Mapping[bytes, bytes], *, preflight: bool) -> bytes:
    """The CORS lines, each with CRLF, for a request that has an `Origin`.

    The origin is mirrored whatever a source's `origins` say, for a preflight carries no key: the request
    that follows is judged, and a browser may then read why it was refused. What it asks to send is granted,
    and `Retry-After` is exposed: segment-next obeys it only then.
    """
    lines = [
        b"Access-Control-Allow-Origin: " + headers[b"origin"],
        b"Access-Control-Allow-Credentials: true",
        b"Access-Control-Expose-Headers: Retry-After",
        b"Vary: Origin",
    ]
    if preflight:
        lines += [b"Access-Control-Allow-Methods: GET, POST, OPTIONS", b"Access-Control-Max-Age: 900"]
        asked = headers.get(b"access-control-request-headers")
        if asked:
            lines.append(b"Access-Control-Allow-Headers: " + asked)
    return b"".join(line + b"\r\n" for line in lines)
