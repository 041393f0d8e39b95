"""Pages on which administrators add, change, disable and invite the people of the desk."""

import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from persona_router.desk.access import ADMIN, form, shown
from persona_router.desk.account_store import LINK_HOURS, AccountStore
from persona_router.desk.accounts import (
    LONGEST_LOGIN,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_WORD,
    MOST_CAPACITY,
    ROLES,
    Account,
    AccountFault,
    Profile,
    checked_login,
    checked_profile,
)
from persona_router.desk.entrance import WELCOME
from persona_router.desk.forms import Refused, cleaned
from persona_router.desk.rendering import Renderer

_NEW = Profile(name="", roles=frozenset({ROLES[0]}))

log = logging.getLogger(__name__)


class People:
    """The list of people and the page of each; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        accounts: AccountStore,
        renderer: Renderer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._accounts = accounts
        self._renderer = renderer
        self._clock = clock

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the pages and their forms."""
        return [
            shown("/people", self.list, roles=ADMIN),
            form("/people", self.add, roles=ADMIN, deed="account_added"),
            shown("/people/{login}", self.show, roles=ADMIN, deed="account_opened"),
            form("/people/{login}", self.change, roles=ADMIN, deed="account_changed"),
            form("/people/{login}/enable", self.enable, roles=ADMIN, deed="account_enabled"),
            form("/people/{login}/disable", self.disable, roles=ADMIN, deed="account_disabled"),
            form("/people/{login}/reset", self.reset, roles=ADMIN, deed="account_reset"),
        ]

    async def list(self, request: Request) -> Response:
        """Return everybody, and the form to add somebody."""
        return await self._list(request, profile=_NEW)

    async def add(self, request: Request) -> Response:
        """Return the new person's page with a link to pass on; 422 with what is wrong."""
        fields, profile = request.state.form, _NEW
        login = fields.get("login", "")
        try:
            profile = _profile(fields)
            login = checked_login(login)
            account = await run_in_threadpool(self._accounts.add, login, checked_profile(profile))
        except AccountFault as fault:
            return await self._list(request, profile=profile, login=login, fault=fault)
        log.info("account added", extra={"login": login})
        request.state.subject = login
        return await self._invite(request, account)

    async def show(self, request: Request) -> Response:
        """Return a person's page."""
        return self._page(request, await self._account(request))

    async def change(self, request: Request) -> Response:
        """Return the person's page, changed; 422 with what is wrong."""
        account = await self._account(request)
        try:
            profile = checked_profile(_profile(request.state.form))
            account = await run_in_threadpool(self._accounts.change, account.login, profile)
        except AccountFault as fault:
            return self._page(request, account, fault=fault)
        log.info("account changed", extra={"login": account.login})
        return RedirectResponse(f"/people/{quote(account.login)}?saved=1", HTTPStatus.SEE_OTHER)

    async def enable(self, request: Request) -> Response:
        """Return the person's page; they may sign in again."""
        return await self._enable(request, True)

    async def disable(self, request: Request) -> Response:
        """Return the person's page; they are signed out and may not sign in."""
        return await self._enable(request, False)

    async def reset(self, request: Request) -> Response:
        """Return the person's page with a link to pass on; their password no longer works."""
        return await self._invite(request, await self._account(request))

    async def _enable(self, request: Request, enabled: bool) -> Response:
        account = await self._account(request)
        try:
            await run_in_threadpool(self._accounts.enable, account.login, enabled)
        except AccountFault as fault:
            return self._page(request, account, fault=fault)
        log.info("account enabled: %s", enabled, extra={"login": account.login})
        return RedirectResponse(f"/people/{quote(account.login)}?saved=1", HTTPStatus.SEE_OTHER)

    async def _invite(self, request: Request, account: Account) -> Response:
        code = await run_in_threadpool(self._accounts.invite, account.login, now=self._clock())
        account = await run_in_threadpool(self._accounts.get, account.login)
        origin = request.headers.get("origin", "")
        return self._page(request, account, link=f"{origin}{WELCOME}?code={code}")

    async def _account(self, request: Request) -> Account:
        try:
            return await run_in_threadpool(self._accounts.get, request.path_params["login"])
        except AccountFault as fault:
            raise Refused(HTTPStatus.NOT_FOUND, fault.key, **fault.values) from fault

    async def _list(
        self,
        request: Request,
        *,
        profile: Profile,
        login: str = "",
        fault: AccountFault | None = None,
    ) -> Response:
        return self._renderer.page(
            request,
            "people.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            people=await run_in_threadpool(self._accounts.all),
            fault=fault,
            login=login,
            longest_login=LONGEST_LOGIN,
            **_limits(profile),
        )

    def _page(
        self,
        request: Request,
        account: Account,
        *,
        link: str = "",
        fault: AccountFault | None = None,
    ) -> Response:
        return self._renderer.page(
            request,
            "person.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
            account=account,
            link=link,
            hours=LINK_HOURS,
            fault=fault,
            saved=not fault and request.query_params.get("saved") == "1",
            **_limits(account.profile),
        )


def _limits(profile: Profile) -> Mapping[str, object]:
    return {
        "profile": profile,
        "all_roles": ROLES,
        "longest_name": LONGEST_NAME,
        "longest_word": LONGEST_WORD,
        "longest_phone": LONGEST_PHONE,
        "most_capacity": MOST_CAPACITY,
    }


def _profile(fields: Mapping[str, str]) -> Profile:
    capacity = fields.get("capacity", "")
    if not capacity.isascii() or not capacity.isdigit() or len(capacity) > len(str(MOST_CAPACITY)):
        raise AccountFault("people.wrong_capacity", n=MOST_CAPACITY)
    return Profile(
        name=cleaned(fields.get("name", "")),
        roles=frozenset(role for role in ROLES if f"role_{role}" in fields),
        team=cleaned(fields.get("team", "")),
        languages=words(fields.get("languages", "")),
        skills=words(fields.get("skills", "")),
        capacity=int(capacity),
        phone=cleaned(fields.get("phone", "")),
    )


def words(text: str) -> tuple[str, ...]:
    """Return the words between commas, of any script's kind."""
    plain = cleaned(text).replace("،", ",").replace("\n", ",")
    return tuple(word.strip() for word in plain.split(",") if word.strip())
