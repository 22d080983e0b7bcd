"""Lines of access logs as rows: CloudFront's standard logs, and those of Amazon's load balancers.

Names and types of fields are those of Amazon's documentation; `cs(User-Agent)` is `cs_user_agent`. `-` is no
value. Fields that Amazon adds at the end of a line later are kept as a list in `more`. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mainstem.connectors.letters import F, I, J, S, T
from mainstem.connectors.values import MISFIT, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mainstem.warehouse import ColumnType

MORE = "more"
_NONE = "-"
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')

_CLOUDFRONT = {
    "date": S, "time": S, "x_edge_location": S, "sc_bytes": I, "c_ip": S, "cs_method": S, "cs_host": S,
    "cs_uri_stem": S, "sc_status": I, "cs_referer": S, "cs_user_agent": S, "cs_uri_query": S, "cs_cookie": S,
    "x_edge_result_type": S, "x_edge_request_id": S, "x_host_header": S, "cs_protocol": S, "cs_bytes": I,
    "time_taken": F, "x_forwarded_for": S, "ssl_protocol": S, "ssl_cipher": S,
    "x_edge_response_result_type": S, "cs_protocol_version": S, "fle_status": S, "fle_encrypted_fields": S,
    "c_port": I, "time_to_first_byte": F, "x_edge_detailed_result_type": S, "sc_content_type": S,
    "sc_content_len": I, "sc_range_start": I, "sc_range_end": I,
}  # fmt: skip
_ALB = {
    "type": S, "time": T, "elb": S, "client:port": S, "target:port": S, "request_processing_time": F,
    "target_processing_time": F, "response_processing_time": F, "elb_status_code": I, "target_status_code": I,
    "received_bytes": I, "sent_bytes": I, "request": S, "user_agent": S, "ssl_cipher": S, "ssl_protocol": S,
    "target_group_arn": S, "trace_id": S, "domain_name": S, "chosen_cert_arn": S, "matched_rule_priority": I,
    "request_creation_time": T, "actions_executed": S, "redirect_url": S, "error_reason": S,
    "target_port_list": S, "target_status_code_list": S, "classification": S, "classification_reason": S,
    "conn_trace_id": S,
}  # fmt: skip
_ELB = {
    "time": T, "elb": S, "client:port": S, "backend:port": S, "request_processing_time": F,
    "backend_processing_time": F, "response_processing_time": F, "elb_status_code": I,
    "backend_status_code": I, "received_bytes": I, "sent_bytes": I, "request": S, "user_agent": S,
    "ssl_cipher": S, "ssl_protocol": S,
}  # fmt: skip
_REQUEST = {"request_verb": S, "request_url": S, "request_proto": S}


class BadLine(Exception):
    """A line that is no entry of its log; its text says why, without the line's own words."""


class BadFile(BadLine):
    """A line without which the others cannot be read."""


@dataclass(frozen=True)
class LogFormat:
    columns: Mapping[str, ColumnType]
    cleaned: tuple[str, ...]
    """Columns that hold addresses of pages, in which people may stand."""
    row: Callable[[str, Sequence[str]], dict[str, Any] | None]
    """The row of a line, by the fields that the file named; None for a line that is none. Raises BadLine."""
    names: Callable[[str], Sequence[str] | None] = field(default=lambda line: None)
    """The fields that a line names, where it does."""


def cloudfront_names(line: str) -> Sequence[str] | None:
    """`#Fields: date time … cs(Host)`."""
    if not line.startswith("#Fields:"):
        return None
    return [_field_name(name) for name in line.removeprefix("#Fields:").split()]


def cloudfront_row(line: str, names: Sequence[str]) -> dict[str, Any] | None:
    if line.startswith("#"):
        return None
    names = names or tuple(_CLOUDFRONT)
    values = line.split("\t")
    if len(values) != len(names):
        raise BadLine(f"{len(values)} fields where {len(names)} are named")
    fields = zip(names, values, strict=True)
    row = {name: _value(name, text, _CLOUDFRONT.get(name, S)) for name, text in fields}
    if row.get("date") and row.get("time"):
        row["finished_at"] = _moment(f"{row['date']}T{row['time']}Z")
    return row


def alb_row(line: str, names: Sequence[str]) -> dict[str, Any] | None:
    return _balancer_row(line, _ALB, least=18)


def elb_row(line: str, names: Sequence[str]) -> dict[str, Any] | None:
    return _balancer_row(line, _ELB, least=12)


def _balancer_row(line: str, fields: Mapping[str, ColumnType], least: int) -> dict[str, Any]:
    values = _tokens(line)
    if len(values) < least:
        raise BadLine(f"{len(values)} fields where there are at least {least}")
    row: dict[str, Any] = {}
    for (name, kind), text in zip(fields.items(), values, strict=False):
        if name.endswith(":port"):
            side = name.removesuffix(":port")
            row[f"{side}_ip"], row[f"{side}_port"] = _address(name, text)
        else:
            row[name] = _value(name, text, kind)
    parts = (row["request"] or "").split(" ")
    if len(parts) == len(_REQUEST):
        row.update(
            {name: None if part == _NONE else part for name, part in zip(_REQUEST, parts, strict=True)}
        )
    if len(values) > len(fields):
        row[MORE] = values[len(fields) :]
    return row


def _tokens(line: str) -> list[str]:
    """Fields between spaces; a quoted one may hold them."""
    found: list[str] = []
    at = 0
    for match in _TOKEN.finditer(line):
        if line[at : match.start()].strip():
            raise BadLine("a quote that does not end")
        found.append(match[2] if match[1] is None else match[1])
        at = match.end()
    if line[at:].strip():
        raise BadLine("a quote that does not end")
    return found


def _address(name: str, text: str) -> tuple[str | None, int | None]:
    """`10.0.0.1:443`, `[2001:db8::1]:443`; a Lambda target has none."""
    if text == _NONE:
        return None, None
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise BadLine(f"{name} has no port")
    return host.strip("[]"), int(port)


def _value(name: str, text: str, kind: ColumnType) -> Any:
    if text in (_NONE, ""):
        return None
    found = fitted(kind, text)
    if found is MISFIT:
        raise BadLine(f"{name} is no {kind.value}")
    return found


def _moment(text: str) -> Any:
    found = fitted(T, text)
    if found is MISFIT:
        raise BadLine("date and time are no datetime")
    return found


def _field_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _columns(fields: Mapping[str, ColumnType]) -> Mapping[str, ColumnType]:
    found: dict[str, ColumnType] = {}
    for name, kind in fields.items():
        if name.endswith(":port"):
            side = name.removesuffix(":port")
            found |= {f"{side}_ip": S, f"{side}_port": I}
        else:
            found[name] = kind
    return {**found, **_REQUEST, MORE: J}


LOGS = {
    "cloudfront": LogFormat(
        {**_CLOUDFRONT, "finished_at": T},
        ("cs_uri_stem", "cs_uri_query", "cs_referer", "cs_cookie"),
        cloudfront_row,
        cloudfront_names,
    ),
    "alb": LogFormat(_columns(_ALB), ("request", "request_url", "redirect_url"), alb_row),
    "elb": LogFormat(_columns(_ELB), ("request", "request_url"), elb_row),
}
