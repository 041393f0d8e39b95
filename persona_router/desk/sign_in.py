"""Signing in with user name and password, and out."""

import logging
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from persona_router.desk.access import EVERYBODY, form
from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import LONGEST_LOGIN, LONGEST_PASSWORD, AccountFault
from persona_router.desk.forms import Refused, read_form
from persona_router.desk.passwords import Passwords
from persona_router.desk.rendering import Renderer
from persona_router.desk.sessions import Session, Sessions
from persona_router.desk.throttle import Throttle
from persona_router.privacy.audit import NOBODY, AuditTrail

log = logging.getLogger(__name__)


class SignIn:
    """The sign-in page; `by_address` and `by_account` say who has failed too often."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        audit: AuditTrail,
        passwords: Passwords,
        sessions: Sessions,
        by_address: Throttle,
        by_account: Throttle,
        renderer: Renderer,
    ) -> None:
        self._accounts = accounts
        self._audit = audit
        self._passwords = passwords
        self._sessions = sessions
        self._by_address = by_address
        self._by_account = by_account
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the sign-in page and of signing out."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", self.submit, methods=["POST"]),
            form("/sign-out", self.leave, roles=EVERYBODY, deed="signed_out"),
        ]

    async def show(self, request: Request) -> Response:
        """Return the form; the way to the desk for somebody who is signed in."""
        if request.state.session:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return await self._form(request, self._sessions.visitor(request))

    async def submit(self, request: Request) -> Response:
        """Return the way to the desk, or the form with what is wrong: 403, or 429 for too many."""
        fields = await read_form(request)
        visitor = self._sessions.visitor(request)
        if not self._sessions.owns(visitor, fields.get("csrf", "")):
            raise Refused(HTTPStatus.FORBIDDEN, "error.expired_form")
        login = fields.get("login", "").strip().lower()[:LONGEST_LOGIN]
        address = request.client.host if request.client else ""
        seconds = max(self._by_address.wait(address), self._by_account.wait(login))
        if seconds:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "sign_in.throttled", n=seconds)
        self._by_address.attempt(address)
        self._by_account.attempt(login)
        password = fields.get("password", "")
        if len(password) > LONGEST_PASSWORD or not await run_in_threadpool(
            self._right, login, password
        ):
            log.warning("sign-in failed", extra={"address": address})
            await run_in_threadpool(self._note_failure, login)
            return await self._form(request, visitor, login=login, problem="sign_in.wrong")
        self._by_address.succeeded(address)
        self._by_account.succeeded(login)
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        await run_in_threadpool(self._audit.note, login, "signed_in")
        await run_in_threadpool(self._sessions.start, request, response, login)
        return response

    async def leave(self, request: Request) -> Response:
        """Return the way to the sign-in page, signed out."""
        session: Session = request.state.session
        response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        await run_in_threadpool(self._sessions.end, request, response, session)
        await run_in_threadpool(self._accounts.gone, session.account.login)
        return response

    async def _form(
        self, request: Request, visitor: str, *, login: str = "", problem: str = ""
    ) -> Response:
        response = self._renderer.page(
            request,
            "sign_in.html",
            status=HTTPStatus.FORBIDDEN if problem else HTTPStatus.OK,
            csrf=self._sessions.token(visitor),
            login=login,
            problem=problem,
            longest_login=LONGEST_LOGIN,
            longest_password=LONGEST_PASSWORD,
        )
        self._sessions.remember(request, response, visitor)
        return response

    def _note_failure(self, login: str) -> None:
        try:
            known = self._accounts.get(login).login
        except AccountFault:
            known = NOBODY  # many a password is typed where the name belongs
        number = self._audit.note(known, "signed_in")
        self._audit.settle(number, refused=True)

    def _right(self, login: str, password: str) -> bool:
        hash = self._accounts.password(login)
        right = self._passwords.right(hash, password)
        if right and hash and self._passwords.outdated(hash):
            self._accounts.set_password(login, self._passwords.hashed(password))
        return right
