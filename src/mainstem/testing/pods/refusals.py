"""What the pods API answers when it will not do something: `Status` objects, as Kubernetes writes them."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer other than 2xx. `body` is a `v1.Status`."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "details": details or {},
            "code": code,
        }


def not_found(kind: str, name: str) -> Refused:
    return Refused(404, "NotFound", f'{kind} "{name}" not found', {"name": name, "kind": kind})


def already_there(name: str) -> Refused:
    return Refused(409, "AlreadyExists", f'pods "{name}" already exists', {"name": name, "kind": "pods"})


def invalid(name: str, field: str, message: str) -> Refused:
    """422: an object that was understood and is not allowed; `field` is a path: `spec.containers[0].name`."""
    cause = {"reason": "FieldValueInvalid", "message": message, "field": field}
    details = {"name": name, "kind": "Pod", "causes": [cause]}
    return Refused(422, "Invalid", f'Pod "{name}" is invalid: {field}: {message}', details)


def bad_request(message: str) -> Refused:
    return Refused(400, "BadRequest", message)


def unauthorized() -> Refused:
    return Refused(401, "Unauthorized", "Unauthorized")


def broken() -> Refused:
    return Refused(500, "InternalError", "Internal error occurred: etcdserver: request timed out")


def too_many(seconds: int) -> Refused:
    details = {"retryAfterSeconds": seconds}
    return Refused(429, "TooManyRequests", "too many requests, please try again later", details)
