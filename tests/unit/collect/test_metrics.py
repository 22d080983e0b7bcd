from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.collect.metrics import METRICS, exposition, histogram, sample
from mainstem.log import Histogram

DOCS = Path(__file__).parents[3] / "docs" / "operations.md"


def test_every_metric_stands_in_the_documentation_as_the_code_has_it() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = []
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        rows.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} |")
    assert [row for row in rows if row not in text] == [], "docs/operations.md lacks these rows"


def test_names_and_suffixes_are_as_prometheus_wants_them() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert "write_key" not in metric.labels
        assert metric.help.endswith(".")


def test_a_number_of_no_known_metric_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="gateway_oops_total"):
        sample("gateway_oops_total", 1)
    with pytest.raises(ValueError, match="METRICS"):
        sample("gateway_write_key_requests_total", 1, write_key="k")


def test_the_text_has_every_worker_under_one_heading_and_escapes_labels() -> None:
    def one(value: float) -> list[object]:
        return [sample("gateway_write_key_requests_total", value, source_id='a"b\\c\nd')]

    text = exposition([("gateway-0", one(3)), ("gateway-1", one(4.5))]).decode()  # type: ignore[list-item] # samples
    assert text == (
        "# HELP gateway_write_key_requests_total Requests of a known sender.\n"
        "# TYPE gateway_write_key_requests_total counter\n"
        'gateway_write_key_requests_total{partition="gateway-0",source_id="a\\"b\\\\c\\nd"} 3\n'
        'gateway_write_key_requests_total{partition="gateway-1",source_id="a\\"b\\\\c\\nd"} 4.5\n'
    )


def test_a_histogram_counts_what_is_at_most_each_bound() -> None:
    found = Histogram((1, 2.5))
    for value in (1, 2, 100):
        found.observe(value)
    text = exposition([("p", histogram("gateway_batch_size", found, stream="events"))]).decode()
    series = {line.split("{")[0] + line.split('stream="events"')[1] for line in text.splitlines()[2:]}
    assert series == {
        'gateway_batch_size_bucket,le="1"} 1',
        'gateway_batch_size_bucket,le="2.5"} 2',
        'gateway_batch_size_bucket,le="+Inf"} 3',
        "gateway_batch_size_sum} 103",
        "gateway_batch_size_count} 3",
    }
