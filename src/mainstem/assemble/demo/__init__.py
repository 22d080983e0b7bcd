"""`mainstem demo`: a simulated company through every real stage, and a count at each to compare.

It opens no back door: events go in over HTTP as SDKs send them, numbers come out of the pages over HTTP.
"""

from __future__ import annotations

from mainstem.assemble.demo.run import DemoOptions, run_demo

__all__ = ["DemoOptions", "run_demo"]
