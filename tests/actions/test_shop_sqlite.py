import sqlite3
import threading
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from actions.shop.desk import NotAllowed, OrderNotFound, ShopUnavailable
from actions.shop.seed import read_seed
from actions.shop.sqlite import SqliteDesk
from persona_router.content.errors import ContentError

TODAY = date(2026, 11, 22)
EMMA = ("4471903", "emma.hughes@example.com")
LUCIA = ("90331562", "lucia.ferrer@example.org")
NOURA = ("5530871", "noura.alharbi@example.com")
JONAS = ("88120447", "jonas.weber@example.org")
SABINE = ("91920437", "sabine.huber@example.org")
MIA = ("55012398", "mia.schulz@example.org")


def test_seed_has_thirty_orders_of_every_status_with_7_or_8_digits() -> None:
    orders = read_seed().orders
    assert len({order.number for order in orders}) == 30
    assert {len(order.number) for order in orders} == {7, 8}
    assert {order.status for order in orders} == {
        "placed",
        "packed",
        "dispatched",
        "delivered",
        "returned",
        "cancelled",
    }
    numbers = {order.number for order in orders}
    assert {"4471903", "88120447", "90331562", "5530871", "33708815", "91920437"} <= numbers


def test_seed_names_order_and_fault_when_it_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "seed.yml"
    file.write_text("products: {}\norders:\n- {number: '1234567', status: lost}\n")
    with pytest.raises(ContentError, match="order 1234567: unknown status 'lost'"):
        read_seed(file)


def test_seed_dates_count_from_the_day_of_the_first_use(tmp_path: Path) -> None:
    now = [TODAY]
    desk = SqliteDesk(tmp_path / "shop.sqlite", today=lambda: now[0])
    assert desk.tracking("4471903").expected == date(2026, 11, 26)
    now[0] = TODAY + timedelta(days=100)
    assert desk.tracking("4471903").expected == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("number", "currency"),
    [("4471903", "GBP"), ("88120447", "EUR"), ("5530871", "SAR"), ("33709954", "KWD")],
)
def test_currency_follows_the_country(desk: SqliteDesk, number: str, currency: str) -> None:
    owner = {order.number: order.email for order in read_seed().orders}[number]
    assert desk.order(number, owner).currency == currency


def test_order_total_is_exact(desk: SqliteDesk) -> None:
    assert desk.order(*EMMA).total == Decimal("208.00")
    assert desk.order("33709954", "salem.alkuwari@example.com").total == Decimal("43.400")


def test_tracking_needs_no_email_and_tells_nothing_personal(desk: SqliteDesk) -> None:
    found = desk.tracking("88120447")
    assert (found.status, found.carrier, found.expected) == (
        "dispatched",
        "DHL",
        date(2026, 11, 23),
    )
    assert not {"email", "address", "lines"} & set(vars(found))


@pytest.mark.parametrize("email", ["EMMA.Hughes@Example.COM", " emma.hughes@example.com "])
def test_email_is_compared_without_case(desk: SqliteDesk, email: str) -> None:
    assert desk.order("4471903", email).number == "4471903"


@pytest.mark.parametrize(
    ("number", "email"),
    [("4471903", "someone@example.com"), ("9999999", "emma.hughes@example.com"), ("", "")],
)
def test_missing_order_and_wrong_email_cannot_be_told_apart(
    desk: SqliteDesk, number: str, email: str
) -> None:
    with pytest.raises(OrderNotFound) as caught:
        desk.order(number, email)
    assert caught.value.args == ()


@pytest.mark.parametrize(
    "write",
    [
        lambda desk: desk.cancel("4471903", "x@example.com"),
        lambda desk: desk.change_quantity("4471903", "x@example.com", "1", 2),
        lambda desk: desk.change_address("4471903", "x@example.com", "1 Elsewhere"),
        lambda desk: desk.request_refund("90331562", "x@example.com", "damaged"),
        lambda desk: desk.invoice("90331562", "x@example.com"),
        lambda desk: desk.refund("91920437", "x@example.com"),
        lambda desk: desk.order_of_invoice("RE-2026-004711", "x@example.com"),
    ],
)
def test_everything_but_tracking_needs_the_owners_email(desk: SqliteDesk, write) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OrderNotFound):
        write(desk)


def test_cancelling_twice_says_so(desk: SqliteDesk) -> None:
    assert desk.cancel(*EMMA).status == "cancelled"
    with pytest.raises(NotAllowed, match="cancelled"):
        desk.cancel(*EMMA)


def test_packed_order_can_be_cancelled_but_not_changed(desk: SqliteDesk) -> None:
    for refused in (
        lambda: desk.change_quantity(*NOURA, "1", 2),
        lambda: desk.change_address(*NOURA, "شارع العليا 7، الرياض"),
    ):
        with pytest.raises(NotAllowed, match="packed"):
            refused()
    assert desk.cancel(*NOURA).status == "cancelled"


def test_dispatched_order_cannot_be_cancelled(desk: SqliteDesk) -> None:
    with pytest.raises(NotAllowed, match="dispatched"):
        desk.cancel(*JONAS)
    assert desk.order(*JONAS).status == "dispatched"


def test_changing_a_quantity_changes_the_total(desk: SqliteDesk) -> None:
    assert desk.change_quantity(*EMMA, "2", 3).total == Decimal("247.50")
    assert desk.change_quantity(*EMMA, "2", 3).total == Decimal("247.50")


def test_quantity_zero_removes_a_line_but_never_the_last_one(desk: SqliteDesk) -> None:
    assert [line.id for line in desk.change_quantity(*EMMA, "1", 0).lines] == ["2"]
    with pytest.raises(NotAllowed, match="last_line"):
        desk.change_quantity(*EMMA, "2", 0)
    with pytest.raises(NotAllowed, match="unknown_line"):
        desk.change_quantity(*EMMA, "1", 1)


@pytest.mark.parametrize("quantity", [-1, 11, 10**9])
def test_quantity_out_of_range_changes_nothing(desk: SqliteDesk, quantity: int) -> None:
    with pytest.raises(NotAllowed, match="quantity_limit"):
        desk.change_quantity(*EMMA, "1", quantity)
    assert desk.order(*EMMA).total == Decimal("208.00")


def test_address_is_kept_as_given(desk: SqliteDesk) -> None:
    address = "O'Brien'); DROP TABLE orders;--, شارع 5, Köln"
    assert desk.change_address(*EMMA, address).address == address
    assert desk.order(*EMMA).address == address


def test_invoice_leads_behind_the_login(desk: SqliteDesk) -> None:
    invoice = desk.invoice(*JONAS)
    assert invoice.number == "RE-2026-004711"
    assert invoice.url == "https://shop.example/account/invoices/RE-2026-004711"
    assert (invoice.issued, invoice.total) == (date(2026, 11, 20), Decimal("149.90"))


def test_order_is_found_by_its_invoice(desk: SqliteDesk) -> None:
    assert desk.order_of_invoice("RE-2026-004711", JONAS[1]).number == "88120447"
    with pytest.raises(OrderNotFound):
        desk.order_of_invoice("RE-2026-999999", JONAS[1])


def test_order_without_invoice_says_so(desk: SqliteDesk) -> None:
    with pytest.raises(NotAllowed, match="no_invoice"):
        desk.invoice(*EMMA)


def test_refund_is_registered_once(desk: SqliteDesk) -> None:
    refund = desk.request_refund(*LUCIA, "damaged")
    assert (refund.number, refund.status) == ("RF-2026-000323", "requested")
    assert (refund.amount, refund.due) == (Decimal("159.85"), date(2026, 12, 6))
    with pytest.raises(NotAllowed, match="refund_requested"):
        desk.request_refund(*LUCIA, "damaged")
    assert desk.refund(*LUCIA) == refund


@pytest.mark.parametrize(
    ("number", "email", "reason"),
    [
        pytest.param(*EMMA, "not_dispatched", id="placed"),
        pytest.param(*NOURA, "not_dispatched", id="packed"),
        pytest.param(*JONAS, "not_delivered", id="dispatched"),
        pytest.param("2217845", "priya.nair@example.com", "return_window_over", id="41 days"),
        pytest.param("3098164", "daniel.brooks@example.com", "refund_cancelled", id="cancelled"),
        pytest.param("60224475", "peter.lang@example.org", "refund_requested", id="returned"),
    ],
)
def test_refund_is_refused_with_the_reason(
    desk: SqliteDesk, number: str, email: str, reason: str
) -> None:
    with pytest.raises(NotAllowed, match=reason):
        desk.request_refund(number, email, "changed_mind")


def test_return_is_accepted_on_the_last_day_and_not_after(tmp_path: Path) -> None:
    now = [TODAY]
    desk = SqliteDesk(tmp_path / "shop.sqlite", today=lambda: now[0])
    delivered = desk.tracking(LUCIA[0]).delivered
    assert delivered is not None
    now[0] = delivered + timedelta(days=31)
    assert desk.order(*LUCIA).refusals["refund"] == "return_window_over"
    now[0] = delivered + timedelta(days=30)
    assert "refund" not in desk.order(*LUCIA).refusals


def test_refund_status_is_read_from_the_shop(desk: SqliteDesk) -> None:
    assert desk.refund(*SABINE).status == "approved"
    with pytest.raises(NotAllowed, match="no_refund"):
        desk.refund(*EMMA)


def test_two_cancellations_at_once_succeed_once(tmp_path: Path) -> None:
    SqliteDesk(tmp_path / "shop.sqlite").tracking(MIA[0])
    both_have_read = threading.Barrier(2)

    def today() -> date:
        # Whoever reads waits here for the other; a writer that locks first lets nobody else read.
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=0.3)
        return TODAY

    outcomes: list[str] = []

    def cancel() -> None:
        try:
            outcomes.append(SqliteDesk(tmp_path / "shop.sqlite", today=today).cancel(*MIA).status)
        except (NotAllowed, ShopUnavailable) as error:
            outcomes.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=cancel) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotAllowed: cancelled", "cancelled"]
    assert SqliteDesk(tmp_path / "shop.sqlite").order(*MIA).status == "cancelled"


def test_first_uses_at_once_seed_once(tmp_path: Path) -> None:
    start = threading.Barrier(6)
    found: list[object] = []

    def ask() -> None:
        desk = SqliteDesk(tmp_path / "shop.sqlite", today=lambda: TODAY)
        start.wait()
        try:
            found.append(desk.tracking("4471903").status)
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["placed"] * 6


def test_a_write_that_fails_counts_as_no_answer_and_leaves_nothing(
    desk: SqliteDesk, tmp_path: Path
) -> None:
    desk.tracking(EMMA[0])
    with sqlite3.connect(tmp_path / "shop.sqlite") as connection:
        connection.execute(
            "CREATE TRIGGER full AFTER UPDATE ON orders"
            " BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
        )
    with pytest.raises(ShopUnavailable):
        desk.cancel(*EMMA)
    assert desk.order(*EMMA).status == "placed"


def test_a_database_that_is_none_counts_as_no_answer(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(ShopUnavailable):
        SqliteDesk(tmp_path / "shop.sqlite").tracking("4471903")
