"""One-time links: the first account, and passwords of people who were invited."""

import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import (
    LONGEST_LOGIN,
    LONGEST_NAME,
    LONGEST_PASSWORD,
    ROLES,
    SHORTEST_PASSWORD,
    Account,
    AccountFault,
    Profile,
    check_password,
    checked_login,
    checked_profile,
)
from persona_router.desk.entrance import WELCOME
from persona_router.desk.forms import Refused, cleaned, read_form
from persona_router.desk.passwords import Passwords
from persona_router.desk.rendering import Renderer
from persona_router.desk.sessions import Sessions
from persona_router.privacy.audit import AuditTrail

log = logging.getLogger(__name__)


class Welcome:
    """The page behind a one-time link; `clock` gives Unix seconds.

    Looking at it uses nothing up, as mail programs look at links; only the form does.
    """

    def __init__(
        self,
        *,
        accounts: AccountStore,
        audit: AuditTrail,
        passwords: Passwords,
        sessions: Sessions,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._accounts = accounts
        self._audit = audit
        self._passwords = passwords
        self._sessions = sessions
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page and its form."""
        return [
            Route(WELCOME, self.show, methods=["GET"]),
            Route(WELCOME, self.submit, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Return the form; 403 for a link that was used or has run out."""
        return await self._page(request, {"code": request.query_params.get("code", "")})

    async def submit(self, request: Request) -> Response:
        """Return the way to the desk, signed in; 422 and the form with what is wrong."""
        fields = await read_form(request)
        visitor = self._sessions.visitor(request)
        if not self._sessions.owns(visitor, fields.get("csrf", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
        invited = await self._invited(fields.get("code", ""))
        try:
            account = await run_in_threadpool(self._accept, invited, fields)
        except AccountFault as fault:
            return await self._page(request, fields, fault)
        log.info("password set", extra={"login": account.login})
        await run_in_threadpool(self._audit.note, account.login, "account_set_up")
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        await run_in_threadpool(self._sessions.start, request, response, account.login)
        return response

    def _accept(self, invited: Account | None, fields: Mapping[str, str]) -> Account:
        first = None
        login = invited.login if invited else checked_login(fields.get("login", ""))
        if invited is None:
            profile = Profile(name=cleaned(fields.get("name", "")), roles=frozenset(ROLES))
            first = (login, checked_profile(profile))
        password = fields.get("password", "")
        check_password(password, fields.get("repeated", ""), login=login)
        return self._accounts.accept(
            fields.get("code", ""),
            self._passwords.hashed(password),
            now=self._clock(),
            first=first,
        )

    async def _invited(self, code: str) -> Account | None:
        try:
            return await run_in_threadpool(self._accounts.invited, code, now=self._clock())
        except AccountFault as fault:
            raise Refused(HTTPStatus.FORBIDDEN, fault.key) from fault

    async def _page(
        self, request: Request, fields: Mapping[str, str], fault: AccountFault | None = None
    ) -> Response:
        invited = await self._invited(fields.get("code", ""))
        visitor = self._sessions.visitor(request)
        response = self._renderer.page(
            request,
            "welcome.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            csrf=self._sessions.token(visitor),
            code=fields.get("code", ""),
            invited=invited,
            login=fields.get("login", ""),
            name=fields.get("name", ""),
            fault=fault,
            longest_login=LONGEST_LOGIN,
            longest_name=LONGEST_NAME,
            shortest_password=SHORTEST_PASSWORD,
            longest_password=LONGEST_PASSWORD,
        )
        self._sessions.remember(request, response, visitor)
        return response
