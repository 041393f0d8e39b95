"""Which roles may use which page, and what of it the audit trail keeps.

A page without a rule cannot be made, nor a form of which nobody said whether it is kept.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from persona_router.desk.accounts import ROLES
from persona_router.desk.forms import MOST_BYTES, Refused, read_form
from persona_router.desk.sessions import Session, Sessions
from persona_router.privacy.audit import AuditTrail

Endpoint = Callable[[Request], Awaitable[Response]]

EVERYBODY = frozenset(ROLES)
AGENT = frozenset({"agent"})
TRAINER = frozenset({"trainer"})
OPERATIONS = frozenset({"operations"})
ADMIN = frozenset({"admin"})


class Guarded(Route):
    """A route for people who are signed in and have one of `roles`; others are refused with 403.

    A form must carry the token of its session, too: its fields are `request.state.form`. A `deed`
    is in the audit trail before it is done, or it is not done; one that is refused is marked.
    """

    def __init__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        method: str,
        roles: frozenset[str],
        deed: str | None,
        name: str = "",
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.roles = roles
        self.deed = deed

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

        async def audited(request: Request) -> Response:
            if deed is None:
                return await guarded(request)
            audit: AuditTrail = request.app.state.audit
            login = request.state.session.account.login
            number = await run_in_threadpool(audit.note, login, deed, _subject(request))
            refused = True
            try:
                response = await guarded(request)
                refused = response.status_code >= HTTPStatus.BAD_REQUEST
            finally:
                found = getattr(request.state, "subject", "")
                if refused or found:
                    await run_in_threadpool(audit.settle, number, subject=found, refused=refused)
            return response

        super().__init__(path, audited, methods=[method], name=name or None)


def shown(
    path: str, endpoint: Endpoint, *, roles: frozenset[str], deed: str | None = None
) -> Guarded:
    """Return the route of something to read; `deed` where it shows what is kept of people."""
    return Guarded(path, endpoint, method="GET", roles=roles, deed=deed)


def form(
    path: str,
    endpoint: Endpoint,
    *,
    roles: frozenset[str],
    deed: str | None,
    most_bytes: int = MOST_BYTES,
) -> Guarded:
    """Return the route of a form of at most `most_bytes`; None where nobody needs to know of it."""
    return Guarded(path, endpoint, method="POST", roles=roles, deed=deed, most_bytes=most_bytes)


def _subject(request: Request) -> str:
    """Return of whom or what the address is; an endpoint may name it as `request.state.subject`."""
    named = request.path_params.get("id") or request.path_params.get("login")
    return str(named or request.query_params.get("id") or request.url.query)
