"""Product models run on months of a fleet, as dbt compiles them and without dbt: a tenth of a second each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from mainstem.testing.company import CompanyLake
from mainstem.testing.fleet import Fleet, simulate_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MODELS = (
    "fct_server_day",
    "fct_server_month",
    "dim_server",
    "int_server_presence_day",
    "dim_event_schema",
    "dim_sampled_era",
    "fct_metric_server_day",
    "int_metric_server_month",
    "int_active_servers_month",
    "int_metric_unit_month",
    "fct_metric_estimate",
)
_TIMES = "loaded_at timestamptz, received_at timestamptz"
_INPUTS = {
    "stg_servers__server": "message_id text, server_id text, version text, version_sort bigint, "
    "edition text, database_type text, operating_system text, installation_type text, "
    f"reported_at timestamptz, {_TIMES}",
    "stg_servers__activity": "message_id text, server_id text, active_users bigint, "
    f"registered_users bigint, reported_at timestamptz, {_TIMES}",
    "stg_servers__license": "message_id text, server_id text, licence_id text, "
    f"reported_at timestamptz, {_TIMES}",
    "stg_servers__version_checks": "message_id text, server_id text, version text, version_sort bigint, "
    f"edition text, checked_at timestamptz, {_TIMES}",
    "int_user_action_day": "activity_date date, event_name text",
    "fct_feature_day": "server_id text, activity_date date, feature text, n bigint, users bigint, "
    "sample_rate double, n_estimated double",
}


@dataclass(frozen=True)
class Models:
    """The text of each model, as it is on its first build."""

    sql: Mapping[str, str]
    rates: tuple[tuple[date, date, float], ...]

    def estimates(self, fleet: Fleet, table: str = "fct_metric_estimate") -> list[dict[str, Any]]:
        """Rows of `table` for the month of the fleet."""
        with duckdb.connect() as lake:
            lake.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS lake; CREATE SCHEMA lake.analytics")
            for name, columns in _INPUTS.items():
                lake.execute(f"CREATE TABLE lake.analytics.{name} ({columns})")
            for name, rows in self._rows(fleet).items():
                lake.register("rows_", pa.Table.from_pylist(rows))
                lake.execute(f"INSERT INTO lake.analytics.{name} BY NAME FROM rows_")
            for name in _MODELS:
                lake.execute(f"CREATE TABLE lake.analytics.{name} AS {self.sql[name]}")
            found = lake.execute(f"FROM lake.analytics.{table} WHERE month = ?", [fleet.month])
            estimates: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
            return estimates

    def _rows(self, fleet: Fleet) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        # A word of the month after, without which the month would not be over.
        later = {**fleet.reports[0], "server_id": "later", "day": fleet.month + timedelta(days=40)}
        for number, report in enumerate([*fleet.reports, later]):
            at = datetime.combine(report["day"], time(9), UTC)
            key = {"message_id": str(number), "server_id": report["server_id"]}
            when = {"reported_at": at, "received_at": at, "loaded_at": at}
            rows["stg_servers__server"].append({**key, **when, **_version(report)})
            users = {"active_users": report["active"], "registered_users": report["registered"]}
            rows["stg_servers__activity"].append({**key, **when, **users})
            if report["licence_id"]:
                rows["stg_servers__license"].append({**key, **when, "licence_id": report["licence_id"]})
        for number, ping in enumerate(fleet.pings):
            at = datetime.combine(ping["day"], time(9), UTC)
            when = {"checked_at": at, "received_at": at, "loaded_at": at}
            key = {"message_id": f"p{number}", "server_id": ping["server_id"]}
            rows["stg_servers__version_checks"].append({**key, **when, **_version(ping)})
        for told in fleet.features:
            rate = next((r for first, last, r in self.rates if first <= told["day"] <= last), 1.0)
            fields: dict[str, Any] = {name: told[name] for name in ("server_id", "feature", "n")}
            estimated = {"sample_rate": rate, "n_estimated": told["n"] / rate}
            known = {"users": None if rate < 1 else told["users"], "activity_date": told["day"]}
            rows["fct_feature_day"].append({**fields, **estimated, **known})
        return rows


def _version(row: Mapping[str, Any]) -> dict[str, Any]:
    parts = str(row["version"]).split(".")
    known = len(parts) == 3 and all(part.isdigit() for part in parts)
    packed = (
        sum(int(part) * scale for part, scale in zip(parts, (10**6, 10**3, 1), strict=True))
        if known
        else None
    )
    return {"version": row["version"], "version_sort": packed, "edition": row["edition"]}


def compiled_models(folder: Path, variables: Mapping[str, Any] | None = None) -> Models:
    lake = CompanyLake(folder)
    with duckdb.connect(str(lake.file)):
        pass
    lake.build("compile", "--select", *_MODELS, variables=variables)
    sql = {
        file.stem: file.read_text(encoding="utf-8") for file in (folder / "target/compiled").rglob("*.sql")
    }
    return Models(sql, ((date(2021, 1, 1), date(2021, 6, 30), 0.02),))


__all__ = ["Fleet", "Models", "compiled_models", "simulate_fleet"]
