"""What people change about themselves: password, phone, and their sessions elsewhere."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import AGENT, EVERYBODY, form, shown
from persona_router.desk.account_store import AccountStore
from persona_router.desk.accounts import (
    LONGEST_PASSWORD,
    LONGEST_PHONE,
    SHORTEST_PASSWORD,
    AccountFault,
    check_password,
    checked_phone,
)
from persona_router.desk.forms import cleaned
from persona_router.desk.passwords import Passwords
from persona_router.desk.rendering import Renderer
from persona_router.desk.sessions import Session, Sessions
from persona_router.desk.throttle import Throttle


class OwnAccount:
    """The page of one's own account; `throttle` counts wrong passwords by account."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        passwords: Passwords,
        sessions: Sessions,
        throttle: Throttle,
        renderer: Renderer,
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = throttle
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page and its forms."""
        return [
            shown("/account", self.show, roles=EVERYBODY),
            form(
                "/account/password", self.change_password, roles=EVERYBODY, deed="password_changed"
            ),
            form("/account/phone", self.change_phone, roles=AGENT, deed="phone_changed"),
            form(
                "/account/sign-out-elsewhere",
                self.sign_out_elsewhere,
                roles=EVERYBODY,
                deed="sessions_ended",
            ),
        ]

    async def show(self, request: Request) -> Response:
        """Return the page."""
        return self._page(request)

    async def change_password(self, request: Request) -> Response:
        """Return the page, and end the sessions in other browsers; 422 with what is wrong."""
        session: Session = request.state.session
        fields, login = request.state.form, session.account.login
        seconds = self._throttle.wait(login)
        if seconds:
            return self._page(request, AccountFault("sign_in.throttled", n=seconds))
        self._throttle.attempt(login)
        hash = await run_in_threadpool(self._accounts.password, login)
        current = fields.get("current", "")[: LONGEST_PASSWORD + 1]
        if not await run_in_threadpool(self._passwords.right, hash, current):
            return self._page(request, AccountFault("account.wrong_current"))
        self._throttle.succeeded(login)
        password = fields.get("password", "")
        try:
            check_password(password, fields.get("repeated", ""), login=login)
        except AccountFault as fault:
            return self._page(request, fault)
        changed = await run_in_threadpool(self._passwords.hashed, password)
        await run_in_threadpool(self._accounts.set_password, login, changed)
        await run_in_threadpool(self._sessions.end_others, session)
        return RedirectResponse("/account?saved=1", HTTPStatus.SEE_OTHER)

    async def change_phone(self, request: Request) -> Response:
        """Return the page; the person is called at the form's `phone`. 422 with what is wrong."""
        written = cleaned(request.state.form.get("phone", ""))
        try:
            phone = checked_phone(written)
        except AccountFault as fault:
            return self._page(request, fault, phone=written)
        login = request.state.session.account.login
        await run_in_threadpool(self._accounts.set_phone, login, phone)
        return RedirectResponse("/account?saved=1", HTTPStatus.SEE_OTHER)

    async def sign_out_elsewhere(self, request: Request) -> Response:
        """Return the page; sessions in other browsers have ended."""
        await run_in_threadpool(self._sessions.end_others, request.state.session)
        return RedirectResponse("/account?saved=1", HTTPStatus.SEE_OTHER)

    def _page(
        self, request: Request, fault: AccountFault | None = None, *, phone: str | None = None
    ) -> Response:
        account = request.state.session.account
        return self._renderer.page(
            request,
            "account.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            account=account,
            phone=account.profile.phone if phone is None else phone[:LONGEST_PHONE],
            fault=fault,
            saved=not fault and request.query_params.get("saved") == "1",
            shortest_password=SHORTEST_PASSWORD,
            longest_password=LONGEST_PASSWORD,
            longest_phone=LONGEST_PHONE,
        )
