import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from actions.shop import open_desk
from actions.shop.desk import NotAllowed, OrderNotFound, ShopUnavailable
from actions.shop.http import HttpDesk
from actions.shop.sqlite import SqliteDesk

ORDER: dict[str, Any] = {
    "number": "4471903",
    "status": "placed",
    "country": "GB",
    "currency": "GBP",
    "address": "14 Mill Lane, Ely",
    "lines": [
        {
            "id": "1",
            "titles": {"en": "Lamp", "ar": "مصباح"},
            "quantity": 2,
            "max_quantity": 5,
            "price": "129.50",
        }
    ],
    "refusals": {"invoice": "no_invoice", "refund": "mercury_retrograde"},
}
TRACKING = {
    "number": "4471903",
    "status": "delivered",
    "country": "GB",
    "carrier": "DPD",
    "expected": "2026-11-20",
    "delivered": "2026-11-19",
}
REFUND = {
    "number": "RF-1",
    "order_number": "4471903",
    "country": "GB",
    "currency": "GBP",
    "status": "paid",
    "amount": "259.00",
    "due": "2026-11-30",
}
INVOICE = {
    "number": "RE-2026-004711",
    "order_number": "4471903",
    "country": "GB",
    "currency": "GBP",
    "issued": "2026-11-18",
    "total": "259.00",
    "url": "https://shop.example/i/1",
}


class BackOffice:
    """A real HTTP server that answers every request with what the test has set."""

    def __init__(self) -> None:
        self.status, self.body, self.delay = 200, json.dumps(ORDER).encode(), 0.0
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        office = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                sent = {name.lower(): value for name, value in self.headers.items()}
                office.requests.append((self.command, self.path, sent, self.rfile.read(length)))
                time.sleep(office.delay)
                self.send_response(office.status)
                for name, value in office.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(office.body)))
                self.end_headers()
                self.wfile.write(office.body)

            do_GET = do_PUT = answer

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/api"

    def answers(self, status: int, body: object) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture
def office() -> Iterator[BackOffice]:
    office = BackOffice()
    thread = threading.Thread(target=office.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield office
    office.server.shutdown()
    office.server.server_close()


@pytest.fixture
def remote(office: BackOffice) -> HttpDesk:
    return HttpDesk(office.url, token="t0ken", timeouts=(0.5, 0.3))


def test_order_is_read_whole(remote: HttpDesk) -> None:
    order = remote.order("4471903", "emma@example.com")
    assert (order.status, order.total) == ("placed", Decimal("259.00"))
    assert order.lines[0].titles == {"en": "Lamp", "ar": "مصباح"}
    assert order.refusals == {"invoice": "no_invoice", "refund": "other"}


def test_tracking_refund_and_invoice_are_read(office: BackOffice, remote: HttpDesk) -> None:
    office.answers(200, TRACKING)
    assert remote.tracking("4471903").delivered == date(2026, 11, 19)
    office.answers(200, REFUND)
    assert remote.refund("4471903", "e@example.com").due == date(2026, 11, 30)
    assert remote.request_refund("4471903", "e@example.com", "damaged").status == "paid"
    office.answers(200, INVOICE)
    assert remote.invoice("4471903", "e@example.com").total == Decimal("259.00")


@pytest.mark.parametrize(
    ("call", "method", "path", "body"),
    [
        (lambda d: d.order("1", "e"), "GET", "/api/orders/1", b""),
        (lambda d: d.order_of_invoice("RE/1", "e"), "GET", "/api/invoices/RE%2F1/order", b""),
        (lambda d: d.cancel("1", "e"), "PUT", "/api/orders/1/cancellation", b"{}"),
        (
            lambda d: d.change_quantity("1", "e", "a/../b", 2),
            "PUT",
            "/api/orders/1/lines/a%2F..%2Fb",
            b'{"quantity": 2}',
        ),
        (
            lambda d: d.change_address("1", "e", "1 Rd"),
            "PUT",
            "/api/orders/1/address",
            b'{"address": "1 Rd"}',
        ),
    ],
)
def test_requests_follow_the_contract(
    office: BackOffice,
    remote: HttpDesk,
    call: Callable[[HttpDesk], object],
    method: str,
    path: str,
    body: bytes,
) -> None:
    call(remote)
    assert office.requests[0][:2] == (method, path)
    assert office.requests[0][3] == body
    assert office.requests[0][2]["authorization"] == "Bearer t0ken"


def test_email_travels_encoded_and_never_with_tracking(
    office: BackOffice, remote: HttpDesk
) -> None:
    remote.order("1", "josé\r\nX-Evil: 1@example.com")
    assert office.requests[0][2]["x-order-email"] == "jos%C3%A9%0D%0AX-Evil%3A%201@example.com"
    assert "x-evil" not in office.requests[0][2]
    office.answers(200, TRACKING)
    remote.tracking("1")
    assert "x-order-email" not in office.requests[1][2]


def test_not_found_is_an_order_not_found(office: BackOffice, remote: HttpDesk) -> None:
    office.answers(404, {"error": "order_not_found"})
    with pytest.raises(OrderNotFound):
        remote.order("4471903", "e@example.com")


def test_a_404_page_of_some_other_server_is_no_answer(office: BackOffice, remote: HttpDesk) -> None:
    office.answers(404, b"<h1>404 Not Found</h1>")
    with pytest.raises(ShopUnavailable):
        remote.order("4471903", "e@example.com")


@pytest.mark.parametrize(
    ("sent", "reason"), [("dispatched", "dispatched"), ("bad karma", "other"), (None, "other")]
)
def test_conflict_is_a_refusal(
    office: BackOffice, remote: HttpDesk, sent: object, reason: str
) -> None:
    office.answers(409, {"reason": sent})
    with pytest.raises(NotAllowed) as caught:
        remote.cancel("4471903", "e@example.com")
    assert caught.value.reason == reason


@pytest.mark.parametrize("status", [500, 502, 401, 403, 400, 429, 201, 302])
def test_other_statuses_are_no_answer(office: BackOffice, remote: HttpDesk, status: int) -> None:
    office.answers(status, ORDER)
    office.headers = {"Location": office.url + "/elsewhere"}
    with pytest.raises(ShopUnavailable):
        remote.cancel("4471903", "e@example.com")
    assert len(office.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        {},
        {**ORDER, "lines": None},
        {**ORDER, "lines": [1]},
        {**ORDER, "lines": [{**ORDER["lines"][0], "price": 129.5}]},
        {**ORDER, "lines": [{**ORDER["lines"][0], "price": "NaN"}]},
        {**ORDER, "lines": [{**ORDER["lines"][0], "price": "much"}]},
        {**ORDER, "lines": [{**ORDER["lines"][0], "titles": {"en": 1}}]},
        {**ORDER, "status": "teleported"},
        {**ORDER, "status": ["placed"]},
        {**ORDER, "refusals": []},
        {**ORDER, "number": 4471903},
    ],
)
def test_malformed_answers_are_no_answer(
    office: BackOffice, remote: HttpDesk, body: object
) -> None:
    office.answers(200, body)
    with pytest.raises(ShopUnavailable):
        remote.order("4471903", "e@example.com")


def test_malformed_dates_are_no_answer(office: BackOffice, remote: HttpDesk) -> None:
    for wrong in ({"expected": "soon"}, {"expected": None}, {"delivered": 5}):
        office.answers(200, {**TRACKING, **wrong})
        with pytest.raises(ShopUnavailable):
            remote.tracking("4471903")


def test_read_that_times_out_is_tried_once_more(office: BackOffice, remote: HttpDesk) -> None:
    office.delay = 0.6
    begun = time.monotonic()
    with pytest.raises(ShopUnavailable):
        remote.order("4471903", "e@example.com")
    assert time.monotonic() - begun < 2
    assert [request[0] for request in office.requests] == ["GET", "GET"]


def test_write_that_times_out_is_never_repeated(office: BackOffice, remote: HttpDesk) -> None:
    office.delay = 0.6
    with pytest.raises(ShopUnavailable):
        remote.cancel("4471903", "e@example.com")
    time.sleep(0.5)
    assert [request[0] for request in office.requests] == ["PUT"]


def test_read_is_repeated_after_a_gateway_fault(office: BackOffice, remote: HttpDesk) -> None:
    office.answers(503, {})
    with pytest.raises(ShopUnavailable):
        remote.order("4471903", "e@example.com")
    assert len(office.requests) == 2


def test_nobody_listening_is_no_answer() -> None:
    with pytest.raises(ShopUnavailable):
        HttpDesk("http://127.0.0.1:9", timeouts=(0.3, 0.3)).cancel("1", "e@example.com")


def test_logs_never_quote_customers(
    office: BackOffice, remote: HttpDesk, caplog: pytest.LogCaptureFixture
) -> None:
    office.answers(500, {"address": "14 Mill Lane"})
    with caplog.at_level(logging.INFO), pytest.raises(ShopUnavailable):
        remote.order("4471903", "emma@example.com")
    assert "status 500" in caplog.text
    assert not any(quoted in caplog.text for quoted in ("emma", "4471903", "Mill Lane"))


def test_environment_chooses_the_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    monkeypatch.delenv("SHOP_URL", raising=False)
    assert isinstance(open_desk(), SqliteDesk)
    monkeypatch.setenv("SHOP_URL", "https://office.example/api")
    assert isinstance(open_desk(), HttpDesk)
    monkeypatch.setenv("SHOP_URL", "office.example")
    with pytest.raises(ValueError, match=r"SHOP_URL 'office\.example' is no web address"):
        open_desk()
