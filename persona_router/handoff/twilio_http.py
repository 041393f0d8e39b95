"""How the library of Twilio reaches its service: bounded in time and size, and silently.

The library's own client logs addresses with their parameters, follows the proxies and passwords of
the environment, and waits for as long as it takes.
"""

import logging
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import NewConnectionError

from persona_router.handoff.dialling import DiallerUnreachable, TooManyCalls
from persona_router.handoff.network import PrivateAddress, PublicOnly

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024
_WAIT = 3600.0


class BoundedHttp(HttpClient):  # type: ignore[misc]
    """The client to hand to the library; `public_only` sends nothing into a private network.

    Raises DialError for what is no answer. `read_seconds` bounds the whole answer.
    """

    def __init__(self, *, public_only: bool, read_seconds: float = READ_SECONDS) -> None:
        super().__init__(logging.getLogger(__name__), False, None)
        self._public_only = public_only
        self._read_seconds = read_seconds

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Return the answer; its text may hold numbers and must not be shown."""
        try:
            # A session of its own for each: the desk asks from several threads.
            with requests.Session() as session:
                return self._answer(session, method, uri, params, data, headers, auth)
        except PrivateAddress:
            problem = DiallerUnreachable(
                "The telephone service's address leads into a private network. "
                "Set allow_private_network: true if that is meant."
            )
        except requests.RequestException as error:
            problem = _silence(error)
        # Raised out here, without its cause, whose text may hold what was sent.
        raise problem

    def _answer(
        self,
        session: requests.Session,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None,
        data: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
    ) -> Response:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if self._public_only:
            for scheme in ("http://", "https://"):
                session.mount(scheme, PublicOnly())
        with session.request(
            method,
            uri,
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_SECONDS, self._read_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code == requests.codes.too_many_requests:
                told = "The telephone service answered with HTTP 429: too many requests."
                raise TooManyCalls(told, retry_after=_retry_after(response))
            if 300 <= response.status_code < 400 or response.status_code >= 500:
                told = f"The telephone service answered with HTTP {response.status_code}."
                raise DiallerUnreachable(told, unsure=response.status_code >= 500)
            return Response(response.status_code, self._text(response), dict(response.headers))

    def _text(self, response: requests.Response) -> str:
        deadline = time.monotonic() + self._read_seconds
        content = b""
        for part in response.iter_content(16384):
            content += part
            if len(content) > LARGEST_ANSWER or time.monotonic() > deadline:
                told = "The telephone service sends an answer that does not end."
                raise DiallerUnreachable(told, unsure=True)
        return content.decode("utf-8", "replace")


def _silence(error: requests.RequestException) -> DiallerUnreachable:
    if isinstance(error, requests.exceptions.SSLError):
        return DiallerUnreachable(
            "The telephone service has no certificate that this machine trusts."
        )
    never_sent = isinstance(error, requests.ConnectTimeout) or isinstance(
        getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError
    )
    what = "did not answer in time" if isinstance(error, requests.Timeout) else "is unreachable"
    return DiallerUnreachable(f"The telephone service {what}.", unsure=not never_sent)


def _retry_after(response: requests.Response) -> float | None:
    asked = response.headers.get("Retry-After", "").strip()
    return min(float(asked[:9]), _WAIT) if asked.isascii() and asked.isdigit() else None
