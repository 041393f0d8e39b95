"""Which roles may use which page; a page without a rule cannot be made."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persona_router.desk.accounts import ROLES
from persona_router.desk.forms import MOST_BYTES, Refused, read_form
from persona_router.desk.sessions import Session, Sessions

Endpoint = Callable[[Request], Awaitable[Response]]

EVERYBODY = frozenset(ROLES)
AGENT = frozenset({"agent"})
TRAINER = frozenset({"trainer"})
OPERATIONS = frozenset({"operations"})
ADMIN = frozenset({"admin"})


class Guarded(Route):
    """A route for people who are signed in and have one of `roles`; others are refused with 403.

    A form must carry the token of its session, too: its fields are `request.state.form`.
    """

    def __init__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        method: str,
        roles: frozenset[str],
        name: str = "",
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.roles = roles

        async def guarded(request: Request) -> Response:
            session: Session = request.state.session
            if not session.account.profile.roles & roles:
                raise Refused(HTTPStatus.FORBIDDEN, "error.role")
            if method == "POST":
                sessions: Sessions = request.app.state.sessions
                form = await read_form(request, most_bytes=most_bytes)
                if not sessions.owns(session, form.get("csrf", "")):
                    raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
                request.state.form = form
            return await endpoint(request)

        super().__init__(path, guarded, methods=[method], name=name or None)


def shown(path: str, endpoint: Endpoint, *, roles: frozenset[str]) -> Guarded:
    """Return the route of something to read."""
    return Guarded(path, endpoint, method="GET", roles=roles)


def form(
    path: str, endpoint: Endpoint, *, roles: frozenset[str], most_bytes: int = MOST_BYTES
) -> Guarded:
    """Return the route of a form of at most `most_bytes`."""
    return Guarded(path, endpoint, method="POST", roles=roles, most_bytes=most_bytes)
