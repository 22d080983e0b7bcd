"""Kubernetes quantities as numbers: `500m` is half a processor, `256Mi` so many bytes."""

from __future__ import annotations

from decimal import Decimal

_UNITS = {
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
}  # fmt: skip


def cpu_cores(quantity: str) -> float | None:
    """Processors; None for an empty one. The text must be valid, as reading a manifest makes sure."""
    if not quantity:
        return None
    if quantity.endswith("m"):
        return int(quantity[:-1]) / 1000
    return float(quantity)


def memory_bytes(quantity: str) -> int | None:
    """Bytes, rounded up; None for an empty one. The text must be valid, as for `cpu_cores`."""
    if not quantity:
        return None
    unit = next((unit for unit in _UNITS if quantity.endswith(unit)), "")
    size = Decimal(quantity.removesuffix(unit)) * _UNITS.get(unit, 1)
    return int(size.to_integral_value(rounding="ROUND_CEILING"))
