"""Who is signed in: values signed into cookies, and the tokens that protect their forms."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

SESSION_COOKIE = "persona_router_desk"
ENTRY_COOKIE = "persona_router_desk_entry"
SESSION_SECONDS = 12 * 3600
ENTRY_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in agent; before signing in, a visitor without a name.

    `admitted` says that a visitor came with the right access key in the address.
    """

    id: str
    name: str = ""
    admitted: bool = False


class Sessions:
    """Issues and reads signed sessions; a change of `secret` or `key` ends them all.

    `clock` gives Unix seconds.
    """

    def __init__(self, *, secret: str, key: str, clock: Callable[[], float] = time.time) -> None:
        self._signing_key = hmac.digest(secret.encode(), key.encode(), hashlib.sha256)
        self._clock = clock

    def start(self, response: Response, *, name: str, secure: bool) -> None:
        """Sign the agent in with the response, for twelve hours."""
        session = Session(id=secrets.token_urlsafe(16), name=name)
        # Strict: a page of another site must not even read the desk in the agent's name.
        response.set_cookie(
            SESSION_COOKIE,
            self._signed(session, SESSION_SECONDS),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=secure,
        )
        response.delete_cookie(ENTRY_COOKIE, httponly=True, samesite="lax", secure=secure)

    def enter(self, response: Response, visitor: Session, *, secure: bool) -> None:
        """Remember the visitor with the response, for ten minutes."""
        # Lax: the printed link may be opened from a mail or a chat, which is another site.
        response.set_cookie(
            ENTRY_COOKIE,
            self._signed(visitor, ENTRY_SECONDS),
            max_age=ENTRY_SECONDS,
            httponly=True,
            samesite="lax",
            secure=secure,
        )

    def end(self, response: Response, *, secure: bool) -> None:
        """Sign the agent out with the response."""
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=secure)

    def agent(self, request: Request) -> Session | None:
        """Return the signed-in agent, or None."""
        session = self._read(request.cookies.get(SESSION_COOKIE, ""))
        return session if session and session.name else None

    def visitor(self, request: Request) -> Session | None:
        """Return the visitor of the sign-in page, or None when they are not known yet."""
        session = self._read(request.cookies.get(ENTRY_COOKIE, ""))
        return session if session and not session.name else None

    def token(self, session: Session) -> str:
        """Return the token that the session's forms carry."""
        return self._mac(f"form:{session.id}")

    def owns(self, session: Session, token: str) -> bool:
        """Return whether the token belongs to the session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode())

    def _signed(self, session: Session, seconds: int) -> str:
        content = json.dumps([session.id, session.name, session.admitted, self._clock() + seconds])
        text = base64.urlsafe_b64encode(content.encode()).decode()
        return f"{text}.{self._mac(text)}"

    def _read(self, cookie: str) -> Session | None:
        text, _, mac = cookie.partition(".")
        if not hmac.compare_digest(self._mac(text).encode(), mac.encode()):
            return None
        id, name, admitted, until = json.loads(base64.urlsafe_b64decode(text))
        if self._clock() >= until:
            return None
        return Session(id=id, name=name, admitted=admitted)

    def _mac(self, text: str) -> str:
        return hmac.new(self._signing_key, text.encode(), hashlib.sha256).hexdigest()


def new_visitor(*, admitted: bool = False) -> Session:
    """Return a visitor with a fresh identity."""
    return Session(id=secrets.token_urlsafe(16), admitted=admitted)
