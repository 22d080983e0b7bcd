"""A Singer tap that keeps to the specification: tickets, users and groups of a helpdesk. A program of the
standard library alone, for the contract suite of connectors.

It asks again when an answer is no answer, renews its token, and says where it is after every page.
"""

# ruff: noqa: T201, S310  # it is a program, prints what a tap prints, and asks whom its config names

from __future__ import annotations

import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

_TRIES = 5
_SECONDS = 2.0
_EXPORTS = ("tickets", "users")
_LISTS = ("groups",)


class Desk:
    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._token = ""

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        url = f"{self._config['url']}{path}?{urllib.parse.urlencode(query)}"
        for left in reversed(range(_TRIES)):
            try:
                return self._asked(urllib.request.Request(url, headers=self._let_in()))
            except urllib.error.HTTPError as e:
                print(f"WARNING {e.code} for {path}", file=sys.stderr, flush=True)
                if e.code == 401:
                    self._token = ""
                elif e.code < 500:
                    raise
                if not left:
                    raise
            except (OSError, ValueError, http.client.HTTPException) as e:
                print(f"WARNING {e!r} for {path}", file=sys.stderr, flush=True)
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _let_in(self) -> dict[str, str]:
        if not self._token:
            body = {name: self._config[name] for name in ("client_id", "client_secret")}
            form = urllib.parse.urlencode(body).encode()
            asked = urllib.request.Request(f"{self._config['url']}/oauth/tokens", form)
            self._token = self._asked(asked)["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

    def _asked(self, request: urllib.request.Request) -> dict[str, Any]:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            content: bytes = answer.read()
            if len(content) != int(answer.headers["Content-Length"]):
                raise ValueError("the answer was cut off")
        found: dict[str, Any] = json.loads(content)
        return found


def main() -> None:
    arguments = sys.argv[1:]
    if "--help" in arguments:
        print("usage: tap --config FILE [--discover] [--catalog FILE] [--state FILE]")
        return
    given = dict(zip(arguments[::2], arguments[1::2], strict=False))
    desk = Desk(json.loads(Path(given["--config"]).read_text()))
    if "--discover" in arguments:
        desk.get("/api/v2/users/me.json")
        print(json.dumps({"streams": [_entry(name) for name in (*_EXPORTS, *_LISTS)]}))
        return
    catalog = json.loads(Path(given["--catalog"]).read_text())
    state = json.loads(Path(given["--state"]).read_text()) if "--state" in given else {}
    for entry in catalog["streams"]:
        if next(one["metadata"] for one in entry["metadata"] if not one["breadcrumb"])["selected"]:
            _say(type="SCHEMA", stream=entry["stream"], schema=entry["schema"], key_properties=["id"])
            _read(desk, entry["stream"], state)


def _read(desk: Desk, name: str, state: dict[str, Any]) -> None:
    if name in _LISTS:
        _rows(name, desk.get(f"/api/v2/{name}.json", per_page=100)[name])
        return
    while True:
        begin = {"cursor": state[name]} if name in state else {"start_time": 0}
        page = desk.get(f"/api/v2/incremental/{name}/cursor.json", per_page=5, **begin)
        _rows(name, page[name])
        state[name] = page["after_cursor"]
        _say(type="STATE", value=state)
        if page["end_of_stream"]:
            return


def _rows(name: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        _say(type="RECORD", stream=name, record=row)


def _say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def _entry(name: str) -> dict[str, Any]:
    method = "FULL_TABLE" if name in _LISTS else "INCREMENTAL"
    root = {"table-key-properties": ["id"], "forced-replication-method": method}
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    metadata = [{"breadcrumb": [], "metadata": root}]
    return {"tap_stream_id": name, "stream": name, "schema": schema, "metadata": metadata}


if __name__ == "__main__":
    main()
