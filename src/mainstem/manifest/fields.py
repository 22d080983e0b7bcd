"""What may stand in a field: the same words check a value, describe it and make its JSON Schema.

Bounds are those that Airflow, Kubernetes and a file system all bear: what one of them cannot hold is refused
here, not by the first of them to meet it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

_END = r"$(?!\n)"
"""A `$` alone lets a newline pass at the end."""
_MOST = 2**31 - 1
_LONGEST_SECONDS = 1e9

Id = Annotated[
    str,
    Meta(
        pattern=rf"^[A-Za-z0-9_.-]{{1,200}}{_END}",
        description="1 to 200 letters, digits, `_`, `-` and `.`",  # a log's folder is named `task_id=…`: 255
    ),
]
"""Of a DAG, a task, a pool. Airflow's own rule, but ASCII alone and no longer than a file name may be."""

Tag = Annotated[str, Meta(min_length=1, max_length=100, description="1 to 100 characters")]

AssetName = Annotated[
    str,
    Meta(
        pattern=rf"^[A-Za-z0-9][A-Za-z0-9_./-]{{0,499}}{_END}",
        description="a name such as `lake/stripe/charges`: letters, digits, `_`, `-`, `.` and `/`",
    ),
]
"""No URL: Airflow rewrites those by the rules of whichever provider is installed."""

EnvName = Annotated[
    str,
    Meta(
        pattern=rf"^[A-Za-z_][A-Za-z0-9_]*{_END}",
        description="a name of an environment variable: letters, digits and `_`, no digit first",
    ),
]

SecretName = Annotated[
    str,
    Meta(
        pattern=rf"^[a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?{_END}",
        description="a name of a Kubernetes Secret: lower-case letters, digits, `-` and `.`",
    ),
]

SecretKey = Annotated[
    str,
    Meta(
        pattern=rf"^[A-Za-z0-9_.-]{{1,253}}{_END}",
        description="a key of a Kubernetes Secret: letters, digits, `_`, `-` and `.`",
    ),
]

CpuQuantity = Annotated[
    str,
    Meta(
        pattern=rf"^([0-9]{{1,9}}m|[0-9]{{1,6}}(\.[0-9]{{1,3}})?)?{_END}",
        description="processors as Kubernetes writes them: `500m`, `2`, `0.5`",
    ),
]

MemoryQuantity = Annotated[
    str,
    Meta(
        pattern=rf"^([0-9]{{1,15}}(\.[0-9]{{1,3}})?(Ki|Mi|Gi|Ti|k|M|G|T)?)?{_END}",
        description="bytes as Kubernetes writes them: `256Mi`, `1Gi`, `500M`",
    ),
]

Argv = Annotated[
    tuple[str, ...],
    Meta(min_length=1, description='a program and its arguments: `["python", "report.py"]`'),
]

Count = Annotated[int, Meta(ge=0, le=_MOST, description="a whole number, 0 or more")]
Whole = Annotated[int, Meta(ge=-_MOST, le=_MOST, description="a whole number")]
Positive = Annotated[int, Meta(ge=1, le=_MOST, description="a whole number, 1 or more")]
ExitCode = Annotated[int, Meta(ge=1, le=255, description="an exit code, 1 to 255")]
Seconds = Annotated[float, Meta(ge=0, le=_LONGEST_SECONDS, description="seconds, 0 or more")]
Duration = Annotated[float, Meta(gt=0, le=_LONGEST_SECONDS, description="seconds, more than 0")]
Factor = Annotated[float, Meta(ge=0, le=1000, description="0, or a factor")]

Moment = Annotated[
    datetime,
    Meta(
        tz=True,
        description="a moment with its offset: `2026-01-31T07:00:00+01:00`",
        extra_json_schema={
            "pattern": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)" + _END
        },
    ),
]
