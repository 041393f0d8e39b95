"""Sessions in cookies, and the tokens that protect forms."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from persona_router.desk.accounts import Account
from persona_router.desk.session_store import SESSION_SECONDS, SessionStore

SESSION_COOKIE = "persona_router_desk"
ENTRY_COOKIE = "persona_router_desk_entry"


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who is signed in; `token` is the secret that their browser keeps."""

    token: str
    account: Account


class Sessions:
    """Begins, reads and ends sessions; `secret` makes the tokens of forms.

    `clock` gives Unix seconds. What reads or writes the store may raise QueueUnavailable.
    """

    def __init__(
        self, *, store: SessionStore, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._secret = secret.encode()
        self._clock = clock

    def signed_in(self, request: Request) -> Session | None:
        """Return the session of the request's browser, or None."""
        token = request.cookies.get(SESSION_COOKIE, "")
        account = self._store.account(token, now=self._clock()) if token else None
        return Session(token=token, account=account) if account else None

    def start(self, request: Request, response: Response, login: str) -> None:
        """Sign the person in with the response, for twelve hours, and end the session before."""
        self._store.end(request.cookies.get(SESSION_COOKIE, ""))
        # Strict: a page of another site must not even read the desk in the person's name.
        response.set_cookie(
            SESSION_COOKIE,
            self._store.start(login, now=self._clock()),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=_secure(request),
        )
        response.delete_cookie(ENTRY_COOKIE, httponly=True, samesite="lax", secure=_secure(request))

    def end(self, request: Request, response: Response, session: Session) -> None:
        """Sign the person out with the response; the cookie's value is worthless from now on."""
        self._store.end(session.token)
        response.delete_cookie(
            SESSION_COOKIE, httponly=True, samesite="strict", secure=_secure(request)
        )

    def end_others(self, session: Session) -> None:
        """End the person's sessions in other browsers."""
        self._store.end_others(session.account.login, but=session.token)

    def visitor(self, request: Request) -> str:
        """Return what tells the browser of somebody who is not signed in; new if it has none."""
        return request.cookies.get(ENTRY_COOKIE, "")[:64] or secrets.token_urlsafe(16)

    def remember(self, request: Request, response: Response, visitor: str) -> None:
        """Let the visitor's browser keep what tells it, until it is closed."""
        # Lax: a one-time link may be opened from a mail or a chat, which is another site.
        response.set_cookie(
            ENTRY_COOKIE, visitor, httponly=True, samesite="lax", secure=_secure(request)
        )

    def token(self, holder: Session | str) -> str:
        """Return the token that the forms of a session, or of a visitor, carry."""
        kind, key = ("in", holder.token) if isinstance(holder, Session) else ("out", holder)
        return hmac.new(self._secret, f"{kind}:{key}".encode(), hashlib.sha256).hexdigest()

    def owns(self, holder: Session | str, token: str) -> bool:
        """Return whether the token belongs to the session or the visitor."""
        return hmac.compare_digest(self.token(holder).encode(), token.encode())


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
