"""The tables of reports: a row for each day and values of the dimensions, and how each day was read.

A day is replaced as a whole, so that of what Google counts anew nothing old stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.connectors.ga4.names import column
from mainstem.connectors.ga4.settings import DATE, READING
from mainstem.connectors.streams import Deletes, Stream, Table
from mainstem.warehouse import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mainstem.connectors.ga4.settings import Report

DAYS = Table(
    READING,
    ("report", "date"),
    {
        "report": ColumnType.STRING,
        "date": ColumnType.STRING,
        "rows": ColumnType.INT,
        "other_rows": ColumnType.INT,
        "data_loss_from_other_row": ColumnType.BOOLEAN,
        "subject_to_thresholding": ColumnType.BOOLEAN,
        "samples_read_count": ColumnType.INT,
        "sampling_space_size": ColumnType.INT,
        "currency_code": ColumnType.STRING,
        "time_zone": ColumnType.STRING,
    },
)


def stream_of(name: str, report: Report, types: Mapping[str, ColumnType] | None = None) -> Stream:
    """`types` are those of metrics, by their API names; one that is not among them gets its column with the
    first value."""
    columns = {
        "property": ColumnType.STRING,
        **{column(one): ColumnType.STRING for one in report.keys},
        **{column(one): types[one] for one in report.metrics if types and one in types},
        "is_other": ColumnType.BOOLEAN,
        "_fivetran_id": ColumnType.STRING,
    }
    table = Table(name, tuple(map(column, report.keys)), columns, owner=column(DATE), emails=())
    return Stream(name, (table, DAYS), Deletes.UNKNOWN, ranges=True)
