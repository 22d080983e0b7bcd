"""The embedded runner: a manifest's DAGs, run on this machine as Airflow would run them.

Promise: whatever dies, a try never runs twice at once and none is forgotten. It runs programs and knows no
stage. What it does is a strict subset of Airflow's; the parity suite runs both.
"""

from __future__ import annotations
