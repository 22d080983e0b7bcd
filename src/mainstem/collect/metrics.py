"""The gateway's metrics: every one that there is, and the text Prometheus reads.

Names are RudderStack's where it has the thing, with Prometheus's endings, so that dashboards made for its
gateway need little change. Sources are told by id, never by write key. `docs/operations.md` lists them all,
which a test holds it to. It measures nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mainstem.log import Histogram

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[tuple[str, str], ...]


class Metric(msgspec.Struct, frozen=True):
    """What one metric is. Beside `labels` each has `partition`, the worker that it is of."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One number. `suffix` is what a histogram's series add to its name."""

    name: str
    suffix: str
    labels: Labels
    value: float


METRICS: tuple[Metric, ...] = (
    Metric("gateway_write_key_requests_total", "counter", ("source_id",), "Requests of a known sender."),
    Metric(
        "gateway_write_key_failed_requests_total",
        "counter",
        ("source_id", "reason"),
        "Requests of a known sender that were refused, by what it was told.",
    ),
    Metric(
        "gateway_write_key_events_total",
        "counter",
        ("source_id",),
        "Events of requests that were let in: accepted, quarantined or dropped.",
    ),
    Metric(
        "gateway_write_key_successful_events_total",
        "counter",
        ("source_id",),
        "Events that passed every check and were given to the log.",
    ),
    Metric(
        "gateway_write_key_failed_events_total",
        "counter",
        ("source_id",),
        "Events that were put into quarantine.",
    ),
    Metric(
        "gateway_write_key_dropped_events_total",
        "counter",
        ("source_id", "reason"),
        "Events that were answered ok and not kept, on purpose: suppression, consent, sampling.",
    ),
    Metric(
        "gateway_response_time_seconds",
        "histogram",
        (),
        "From an event's acceptance until it is durable: one observation for all that waited together.",
    ),
    Metric(
        "gateway_batch_size", "histogram", ("stream",), "Records that one commit of the log made durable."
    ),
    Metric(
        "gateway_batch_time_seconds",
        "histogram",
        ("stream",),
        "How long one commit of the log took; its count is that of commits, each with one fdatasync.",
    ),
    Metric("gateway_connections", "gauge", (), "Open connections."),
    Metric(
        "mainstem_gateway_up",
        "gauge",
        (),
        "1 while the worker tells its numbers, 0 when they are old.",
    ),
    Metric(
        "mainstem_gateway_refusing",
        "gauge",
        (),
        "1 while events are answered 503, because the log refuses them or the disk is nearly full.",
    ),
    Metric(
        "mainstem_gateway_config_error",
        "gauge",
        (),
        "1 while changed settings do not check and those before are served.",
    ),
    Metric("mainstem_gateway_waiting_bytes", "gauge", (), "What requests hold that wait for the log."),
    Metric("mainstem_disk_free_bytes", "gauge", (), "Free on the disk of the log."),
    Metric(
        "mainstem_log_commit_failures_total",
        "counter",
        ("stream",),
        "Commits that failed: no space, an error of the disk. Their senders were told 503.",
    ),
    Metric(
        "mainstem_log_refused_records_total",
        "counter",
        ("stream",),
        "Records that were not kept, so that their senders were told 503 and kept them.",
    ),
    Metric(
        "mainstem_log_last_commit_timestamp_seconds",
        "gauge",
        ("stream",),
        "Unix time of the last commit.",
    ),
    Metric("mainstem_log_end_bytes", "gauge", ("stream",), "Address after the last durable record."),
    Metric("mainstem_log_start_bytes", "gauge", ("stream",), "Address of the oldest record kept."),
    Metric("mainstem_log_lag_bytes", "gauge", (), "Accepted events that are not loaded yet: their bytes."),
    Metric("mainstem_log_lag_seconds", "gauge", (), "Age of the oldest event that is not loaded yet."),
    Metric(
        "mainstem_log_kept_bytes",
        "gauge",
        ("stream",),
        "What a stream takes, all partitions of the data folder together.",
    ),
    Metric(
        "mainstem_log_held_bytes",
        "gauge",
        ("stream",),
        "What retention would delete, had it been loaded: not 0 for long where the loader stands still.",
    ),
    Metric(
        "mainstem_shadow_lost_requests_total",
        "counter",
        ("source_id",),
        "Requests of a shadowed source of which no copy could be kept: the other data plane never sees them.",
    ),
    Metric("process_resident_memory_bytes", "gauge", (), "Memory of the worker's process."),
    Metric("process_cpu_seconds_total", "counter", (), "CPU time of the worker's process."),
    Metric("process_start_time_seconds", "gauge", (), "Unix time at which the worker began."),
)

_BY_NAME = {metric.name: metric for metric in METRICS}


def sample(name: str, value: float, **labels: str) -> Sample:
    """A number of a counter or a gauge. Raises ValueError for what METRICS does not have."""
    _check(name, labels)
    return Sample(name, "", tuple(labels.items()), value)


def histogram(name: str, found: Histogram, **labels: str) -> Iterator[Sample]:
    """The series of a histogram. Raises ValueError for what METRICS does not have."""
    _check(name, labels)
    fixed = tuple(labels.items())
    below = 0
    for bound, count in zip((*map(_number, found.bounds), "+Inf"), found.counts, strict=True):
        below += count
        yield Sample(name, "_bucket", (*fixed, ("le", bound)), below)
    yield Sample(name, "_sum", fixed, found.total)
    yield Sample(name, "_count", fixed, below)


def _check(name: str, labels: dict[str, str]) -> None:
    metric = _BY_NAME.get(name)
    if metric is None or tuple(labels) != metric.labels:
        raise ValueError(f"{name} with labels {list(labels)} is not among the METRICS")


def exposition(workers: Iterable[tuple[str, Iterable[Sample]]]) -> bytes:
    """Prometheus's text format, for the samples of each worker by its partition."""
    by_name: dict[str, list[str]] = {}
    for partition, samples in workers:
        for one in samples:
            labels = ",".join(
                f'{key}="{_escaped(value)}"' for key, value in (("partition", partition), *one.labels)
            )
            line = f"{one.name}{one.suffix}{{{labels}}} {_number(one.value)}\n"
            by_name.setdefault(one.name, []).append(line)
    parts = []
    for metric in METRICS:
        if lines := by_name.get(metric.name):
            parts += [f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.kind}\n", *lines]
    return "".join(parts).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
