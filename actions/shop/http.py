"""An order desk behind a back office's REST interface.

The contract, JSON in UTF-8, paths under `SHOP_URL`:

    GET  /orders/{number}/tracking          Tracking
    GET  /orders/{number}                   Order
    GET  /invoices/{number}/order           Order
    PUT  /orders/{number}/cancellation      Order     body {}
    PUT  /orders/{number}/lines/{line}      Order     body {"quantity": 2}
    PUT  /orders/{number}/address           Order     body {"address": "…"}
    GET  /orders/{number}/invoice           Invoice
    PUT  /orders/{number}/refund            Refund    body {"reason": "…"}
    GET  /orders/{number}/refund            Refund

All but tracking carry `X-Order-Email`, percent-encoded UTF-8, and must answer 404 both for a
missing order and for another customer's; `Authorization: Bearer …` is sent if a token is set.
404 and 409 have a JSON object as body; 409 with {"reason": …} refuses by a rule (`desk.REASONS`; an
unknown reason counts as "other").
Objects have the fields of the values in `desk`, dates as ISO 8601, amounts as decimal strings,
`refusals` as an object from operation to reason. Any other answer counts as no answer.
"""

import logging
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from actions.shop.desk import (
    Invoice,
    NotAllowed,
    Order,
    OrderNotFound,
    Refund,
    ShopUnavailable,
    Tracking,
)
from actions.shop.http_answers import (
    MALFORMED,
    read_invoice,
    read_object,
    read_order,
    read_reason,
    read_refund,
    read_tracking,
)

log = logging.getLogger(__name__)

Value = TypeVar("Value")


class HttpDesk:
    """An `OrderDesk` that asks the back office at `url`, safe to share between threads.

    `timeouts` are the seconds for connecting and for each read. Reads are tried again `retries`
    times; writes not once they are sent, for a lost answer does not tell what became of them.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeouts: tuple[float, float] = (2.0, 4.0),
        retries: int = 1,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"SHOP_URL '{url}' is no web address. Begin it with https://.")
        self._url = url.rstrip("/")
        self._timeouts = timeouts
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _Bearer(token)
        retry = Retry(
            total=retries,
            backoff_factor=0.2,
            allowed_methods={"GET"},
            status_forcelist={502, 503, 504},
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def tracking(self, number: str) -> Tracking:
        return self._ask("GET", f"/orders/{quote(number, safe='')}/tracking", None, read_tracking)

    def order(self, number: str, email: str) -> Order:
        return self._ask("GET", f"/orders/{quote(number, safe='')}", email, read_order)

    def order_of_invoice(self, invoice_number: str, email: str) -> Order:
        path = f"/invoices/{quote(invoice_number, safe='')}/order"
        return self._ask("GET", path, email, read_order)

    def cancel(self, number: str, email: str) -> Order:
        return self._ask(
            "PUT", f"/orders/{quote(number, safe='')}/cancellation", email, read_order, {}
        )

    def change_quantity(self, number: str, email: str, line_id: str, quantity: int) -> Order:
        path = f"/orders/{quote(number, safe='')}/lines/{quote(line_id, safe='')}"
        return self._ask("PUT", path, email, read_order, {"quantity": quantity})

    def change_address(self, number: str, email: str, address: str) -> Order:
        path = f"/orders/{quote(number, safe='')}/address"
        return self._ask("PUT", path, email, read_order, {"address": address})

    def invoice(self, number: str, email: str) -> Invoice:
        return self._ask("GET", f"/orders/{quote(number, safe='')}/invoice", email, read_invoice)

    def request_refund(self, number: str, email: str, reason: str) -> Refund:
        path = f"/orders/{quote(number, safe='')}/refund"
        return self._ask("PUT", path, email, read_refund, {"reason": reason})

    def refund(self, number: str, email: str) -> Refund:
        return self._ask("GET", f"/orders/{quote(number, safe='')}/refund", email, read_refund)

    def _ask(
        self,
        method: str,
        path: str,
        email: str | None,
        read: Callable[[Mapping[str, Any]], Value],
        body: Mapping[str, Any] | None = None,
    ) -> Value:
        headers = {} if email is None else {"X-Order-Email": quote(email.strip(), safe="@")}
        try:
            response = self._session.request(
                method,
                self._url + path,
                json=body,
                headers=headers,
                timeout=self._timeouts,
                allow_redirects=False,
            )
            status = response.status_code
            if status not in (200, 404, 409):
                raise _unusable(f"status {status}")
            data = read_object(response.json())
            if status == 200:
                return read(data)
        except requests.RequestException as error:
            # The error's text may hold the order number or the answer's body.
            raise _unusable(type(error).__name__) from error
        except MALFORMED as error:
            raise _unusable(f"status {status}") from error
        if status == 404:
            raise OrderNotFound
        raise NotAllowed(read_reason(data.get("reason")))


def _unusable(what: str) -> ShopUnavailable:
    log.warning("the back office gave no usable answer: %s", what)
    return ShopUnavailable(what)


class _Bearer(requests.auth.AuthBase):
    """Sets the token; being there at all, it keeps a user's .netrc from setting another."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request
