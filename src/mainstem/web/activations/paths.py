"""Addresses of the pages of activations."""

from __future__ import annotations

from urllib.parse import quote

ACTIVATIONS = "/activations"


def activation_path(name: str) -> str:
    return f"{ACTIVATIONS}/{quote(name, safe='')}"


def plan_path(name: str, plan: int) -> str:
    return f"{activation_path(name)}/plans/{plan}"
