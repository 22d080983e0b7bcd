"""A simulated Marketo instance: the company's leads, what marketing did with them, and Marketo's REST API."""

from __future__ import annotations

from mainstem.simulate.saas.marketo.service import MarketoService

__all__ = ["MarketoService"]
