"""Where in an event something stands: keys joined by dots, `*` for every element of a list.

`properties.products.*.price` names the price of each product. A part that is a number is an index in a list
and a key in an object. A path written as a list takes its parts as they stand, so that a key may hold a dot.
Nothing here raises for anything an event can hold.
"""

from __future__ import annotations

from typing import Any

Path = tuple[str, ...]
EACH = "*"

Spot = tuple[dict[str, Any], str] | tuple[list[Any], int]
"""An object or a list, and the key or index in it."""


def parse_path(text: str) -> Path | None:
    """None for what is no path: nothing, or a part that is empty."""
    parts = tuple(text.split("."))
    return parts if all(parts) else None


def shown(path: Path) -> str:
    return ".".join(path)


def spots(root: dict[str, Any], path: Path) -> list[Spot]:
    """Every spot that the path names and that holds something, null included."""
    found: list[Any] = [root]
    for part in path[:-1]:
        found = [value for container in found for _, value in _under(container, part)]
    return [spot for container in found for spot, _ in _under(container, path[-1])]


def value_at(spot: Spot) -> Any:
    container, key = spot
    return container[key]  # type: ignore[index] # each kind of container comes with its kind of key


def set_at(spot: Spot, value: Any) -> None:
    container, key = spot
    container[key] = value  # type: ignore[index] # as above


def delete_at(spot: Spot) -> None:
    container, key = spot
    del container[key]  # type: ignore[arg-type] # as above


def put(root: dict[str, Any], path: Path, value: Any) -> bool:
    """Set it, making the objects on the way that are missing; False where something else is in the way.

    The path has no `*`.
    """
    if not _can_put(root, path):
        return False
    container: Any = root
    for part in path[:-1]:
        in_list = isinstance(container, list)
        container = container[int(part)] if in_list else container.setdefault(part, {})
    if isinstance(container, list):
        container[int(path[-1])] = value
    else:
        container[path[-1]] = value
    return True


def _can_put(root: dict[str, Any], path: Path) -> bool:
    container: Any = root
    for part in path[:-1]:
        inside = _under(container, part)
        if not inside:
            return isinstance(container, dict)
        container = inside[0][1]
    return isinstance(container, dict) or bool(_under(container, path[-1]))


def _under(container: Any, part: str) -> list[tuple[Spot, Any]]:
    if isinstance(container, dict):
        return [((container, part), container[part])] if part in container else []
    if not isinstance(container, list):
        return []
    if part == EACH:
        return [((container, index), value) for index, value in enumerate(container)]
    if part.isascii() and part.isdigit() and len(part) < 10 and int(part) < len(container):
        return [((container, int(part)), container[int(part)])]
    return []
