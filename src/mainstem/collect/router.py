"""Find what answers a path, worked out once for a set of routes. It knows no route itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.collect.replies import NOT_FOUND, Reply, make_reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mainstem.collect.request import Answer, Outcome, Request, Route

_NO_ROUTE: Mapping[bytes, Answer] = {}


class Router:
    """Whole paths only; the one look-up a request costs."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[bytes, dict[bytes, Answer]] = {}
        for method, path, answer in routes:
            route = self._routes.setdefault(path.encode(), {})
            route[method] = answer
            if method == b"GET":
                route[b"HEAD"] = answer

    def find(self, request: Request) -> Answer | None:
        """What answers this method and path; None where there is no such route."""
        return self._routes.get(request.path, _NO_ROUTE).get(request.method)

    def answer(self, request: Request) -> Outcome:
        """Raises EventRejected as what answers does."""
        route = self._routes.get(request.path, _NO_ROUTE)
        answer = route.get(request.method)
        if answer is not None:
            return answer(request)
        return NOT_FOUND if not route and request.method != b"OPTIONS" else _other_method(route, request)


def _other_method(methods: Iterable[bytes], request: Request) -> Reply:
    """OPTIONS is granted everywhere, so that a browser can read the answer to what it sends next; the
    CORS headers are the transport's."""
    allow = f"Allow: {b', '.join(sorted({*methods, b'OPTIONS'})).decode()}"
    if request.method == b"OPTIONS":
        return make_reply(204, b"", headers=(allow,))
    return make_reply(405, b"method not allowed\n", headers=(allow,))
