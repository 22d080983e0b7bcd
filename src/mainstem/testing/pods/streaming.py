"""Answers that go on for as long as something happens: a log that is followed, a watch."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mainstem.testing.pods.answering import Asked, things
from mainstem.testing.pods.refusals import bad_request, not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mainstem.testing.pods.cluster import Cluster, Kind
    from mainstem.testing.pods.container import Container
    from mainstem.testing.pods.pod import Pod


def log(cluster: Cluster, asked: Asked) -> Iterator[bytes]:
    """The log's lines; with `follow` until the container has ended. Raises Refused before the first."""
    namespace, _, name, _ = asked.path
    pod = cluster.find(namespace, name)
    container = _container(pod, asked)
    return _lines(cluster, pod, container, asked)


def _container(pod: Pod, asked: Asked) -> Container:
    names = [spec["name"] for spec in pod.manifest["spec"]["containers"]]
    wanted = asked.query.get("container", names[0])
    if wanted not in names:
        raise bad_request(f"container {wanted} is not valid for pod {pod.name}")
    if pod.unknown:
        raise not_found("nodes", "node-1")
    container = pod.containers.get(wanted)
    if container is None or (container.started_at is None and container.exit is None):
        raise bad_request(f'container "{wanted}" in pod "{pod.name}" is waiting to start: ContainerCreating')
    return container


def _lines(cluster: Cluster, pod: Pod, container: Container, asked: Asked) -> Iterator[bytes]:
    follow, stamped = asked.says("follow"), asked.says("timestamps")
    sent = _first(container, asked)
    while True:
        with cluster.changed:
            ended = container.exit is not None or cluster.closed or pod.removed or pod.unknown
            fresh = container.lines[sent:]
            if follow and not fresh and not ended:
                cluster.changed.wait(1.0)
                continue
        for line in fresh:
            yield (line.stamped() if stamped else line.text) + b"\n"
        sent += len(fresh)
        if not follow or (ended and sent == len(container.lines)):
            return


def _first(container: Container, asked: Asked) -> int:
    """Where `sinceSeconds` and `tailLines` begin."""
    first = 0
    if "sinceSeconds" in asked.query:
        since = datetime.now(UTC) - timedelta(seconds=int(asked.query["sinceSeconds"]))
        first = sum(line.at < since for line in container.lines)
    if "tailLines" in asked.query:
        first = max(first, len(container.lines) - int(asked.query["tailLines"]))
    return first


def watch(cluster: Cluster, asked: Asked) -> Iterator[bytes]:
    """A line of JSON for each change, until `timeoutSeconds` have passed."""
    namespace, kind = asked.path
    known: Kind = "events" if kind == "events" else "pods"
    seconds = float(asked.query.get("timeoutSeconds", 1800))
    version = int(asked.query.get("resourceVersion") or 0)
    if version == 0:
        version = int(cluster.version())
        for thing in things(cluster, namespace, known):
            if asked.selects(thing):
                yield _change("ADDED", thing)
    deadline = time.monotonic() + seconds
    while not cluster.closed and (left := deadline - time.monotonic()) > 0:
        with cluster.changed:
            changes = cluster.changes_after(version, known)
            if not changes:
                cluster.changed.wait(min(left, 1.0))
        for change in changes:
            version = change.version
            if change.thing["metadata"]["namespace"] == namespace and asked.selects(change.thing):
                yield _change(change.what, change.thing)


def _change(what: str, thing: dict[str, Any]) -> bytes:
    return json.dumps({"type": what, "object": thing}).encode() + b"\n"
