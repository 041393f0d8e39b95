"""Requests to another desk: bounded in time and size, and every failure told in one line."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from persona_router.handoff.network import PrivateAddress, PublicOnly
from persona_router.handoff.provider import ProviderError, ProviderRefused, ProviderUnavailable

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
LARGEST_ANSWER = 4 * 1024 * 1024

log = logging.getLogger(__name__)


class VendorHttp:
    """A client of one provider's JSON interface, safe for one thread.

    `headers` go with every request. `remedy` tells which settings to look at when the provider
    refuses. Proxies and passwords of the environment are not used: a token goes where the
    settings say. Errors name the address and the status, never what was sent or answered.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        remedy: str,
        public_only: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = url.rstrip("/")
        self._remedy = remedy
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"Accept": "application/json", **(headers or {})})
        if public_only:
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, PublicOnly())

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Return the JSON value that is found at the path."""
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON value that the path answers to the object."""
        return self.call("POST", path, body=json.dumps(body).encode())

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        json_answer: bool = True,
    ) -> Any:
        """Return the answer's JSON value, None for an empty one; raises ProviderError."""
        typed = {"Content-Type": "application/json"} if body is not None else {}
        try:
            with self._session.request(
                method,
                self.url + path,
                params=query,
                data=body,
                headers={**typed, **(headers or {})},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code >= 300:
                    raise self._failure(response)
                return self._read(response) if json_answer else None
        except ProviderError as error:
            problem = error
        except PrivateAddress as error:
            problem = ProviderRefused(
                f"{self.url} leads to {error.address}, an address of a private network. "
                "Set allow_private_network: true if that is meant."
            )
        except requests.RequestException as error:
            problem = self._silence(error)
        log.warning("%s", problem)
        # Raised out here, without its cause, whose text may hold what was sent.
        raise problem

    def _read(self, response: requests.Response) -> Any:
        deadline = self._clock() + READ_SECONDS
        content = b""
        for part in response.iter_content(65536):
            content += part
            if len(content) > LARGEST_ANSWER or self._clock() > deadline:
                raise ProviderUnavailable(
                    f"{self.url} sends an answer that does not end.", unsure=True
                )
        try:
            return json.loads(content) if content.strip() else None
        except ValueError:
            raise ProviderUnavailable(
                f"{self.url} sent what is not JSON, as a page for maintenance would be. "
                f"Check {self._remedy}.",
                unsure=True,
            ) from None

    def _silence(self, error: requests.RequestException) -> ProviderError:
        """Return the error for a request that got no answer."""
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
            return ProviderRefused(f"{self.url} is no web address. Check {self._remedy}.")
        if isinstance(error, requests.exceptions.SSLError):
            return ProviderUnavailable(
                f"{self.url} has no certificate that this machine trusts.", everything=True
            )
        never_sent = isinstance(error, requests.ConnectTimeout) or isinstance(
            getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError
        )
        what = "did not answer in time" if isinstance(error, requests.Timeout) else "is unreachable"
        return ProviderUnavailable(f"{self.url} {what}.", everything=True, unsure=not never_sent)

    def _failure(self, response: requests.Response) -> ProviderError:
        """Return the error for an answer that is none."""
        status = response.status_code
        told = f"{self.url} answered with HTTP {status}"
        if status == requests.codes.too_many_requests:
            return ProviderUnavailable(
                f"{told}: too many requests.",
                retry_after=self._retry_after(response),
                everything=True,
            )
        if status >= 500 or status == requests.codes.request_timeout:
            return ProviderUnavailable(
                f"{told}.", retry_after=self._retry_after(response), unsure=True
            )
        if status < 400:
            return ProviderRefused(f"{told}: it is elsewhere. Write its own address as url.")
        if status in (requests.codes.unauthorized, requests.codes.forbidden):
            return ProviderRefused(f"{told}: it refuses the token. Check {self._remedy}.")
        if status == requests.codes.not_found:
            return ProviderRefused(
                f"{told}: it does not know what was asked for. Check {self._remedy}."
            )
        return ProviderRefused(f"{told}: it does not accept what was sent.")

    def _retry_after(self, response: requests.Response) -> float | None:
        """Return the seconds to wait that the answer asks for, if it does."""
        asked = response.headers.get("Retry-After", "").strip()
        if asked.isascii() and asked.isdigit():
            return float(asked[:9])
        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - self._clock())
        except (ValueError, TypeError, OverflowError):
            return None
