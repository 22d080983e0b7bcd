"""Services that do not exist, over HTTP as the real ones answer: one process, the simulated company's rows.

Stateful and seeded, with a clock under control and faults by plan. What they know of a service is what its
clients rely on, so that the usual clients run against them unchanged. They call nobody.
"""

from __future__ import annotations

from mainstem.simulate.saas.app import SaasApp
from mainstem.simulate.saas.clock import ControlledClock
from mainstem.simulate.saas.faults import Fault, FaultPlan
from mainstem.simulate.saas.feed import feed
from mainstem.simulate.saas.http import Answer, Request
from mainstem.simulate.saas.server import SaasServer
from mainstem.simulate.saas.service import Service, service_names, services

__all__ = [
    "Answer",
    "ControlledClock",
    "Fault",
    "FaultPlan",
    "Request",
    "SaasApp",
    "SaasServer",
    "Service",
    "feed",
    "service_names",
    "services",
]
