"""`dimension: name { … }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.semantics.labels import label_of
from mainstem.semantics.model import Datatype, Dimension, DimensionType
from mainstem.semantics.reading.formats import format_of
from mainstem.semantics.reading.parameters import Parameters
from mainstem.semantics.reading.timezones import note_convert_tz
from mainstem.semantics.reading.vocabulary import PRESENTATION, Vocabulary, words

if TYPE_CHECKING:
    from mainstem.semantics.problems import Problems
    from mainstem.semantics.syntax import Block

LATER_TYPES = words(
    "tier location zipcode distance duration bin date_date date_hour date_week date_month date_quarter "
    "date_year date_raw date_day_of_week date_month_name date_minute date_second date_fiscal_year unquoted "
    "duration_day duration_hour duration_minute duration_month duration_quarter duration_second "
    "duration_week duration_year int"
)
VOCABULARY = Vocabulary(
    "a dimension",
    read=words(
        "type sql label description hidden primary_key group_label value_format value_format_name "
        "drill_fields datatype convert_tz"
    ),
    without_effect=PRESENTATION | words("map_layer_name full_suggestions"),
    unsupported=words(
        "case tiers sql_latitude sql_longitude sql_start sql_end required_access_grants intervals "
        "string_datatype expression bins units start_location_field end_location_field"
    ),
)


def read_dimension(block: Block, problems: Problems) -> Dimension | None:
    """None when it cannot be kept; the reason is among the problems."""
    given = Parameters(block, VOCABULARY, problems)
    kind = given.choice("type", DimensionType, DimensionType.STRING, later=LATER_TYPES)
    sql = given.sql("sql") if given.has("sql") else f"${{TABLE}}.{block.name}"
    datatype = _datatype(given, kind)
    value_format, value_format_name = format_of(given)
    if not given.sound or kind is None or sql is None:
        return None
    return Dimension(
        name=block.name,
        type=kind,
        sql=sql,
        label=given.text("label") or label_of(block.name),
        origin=block.origin,
        description=given.text("description"),
        group_label=given.text("group_label"),
        hidden=given.yesno("hidden"),
        primary_key=given.yesno("primary_key"),
        value_format=value_format,
        value_format_name=value_format_name,
        drill_fields=given.names("drill_fields"),
        datatype=datatype,
    )


def _datatype(given: Parameters, kind: DimensionType | None) -> Datatype | None:
    if kind not in (DimensionType.DATE, DimensionType.DATE_TIME):
        return None
    note_convert_tz(given)
    return given.choice("datatype", Datatype, Datatype.TIMESTAMP, later=words("epoch yyyymmdd datetime"))
