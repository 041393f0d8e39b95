"""Who gets in, who does not, and for how long."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from persona_router.desk.sessions import ENTRY_COOKIE, SESSION_COOKIE
from persona_router.desk.throttle import Throttle
from tests.desk.conftest import ORIGIN, PASSWORD, Agent, Clock, Desk


def sign_in(visitor: Agent, *, login: str = "amira", password: str = PASSWORD) -> Any:
    fields = {"csrf": visitor.csrf("/sign-in"), "login": login, "password": password}
    headers = {"accept": "text/html", "origin": ORIGIN}
    return visitor.client.post("/sign-in", data=fields, headers=headers)


@pytest.fixture
def hired(desk: Desk) -> Desk:
    desk.hire("amira")
    return desk


def test_right_password_opens_the_queue(hired: Desk) -> None:
    visitor = hired.visitor()
    response = sign_in(visitor, login=" AMIRA ")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Nobody is waiting" in visitor.get("/").text
    cookie = response.headers["set-cookie"]
    assert f"{SESSION_COOKIE}=" in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert visitor.get("/sign-in").headers["location"] == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("amira", ""),
        ("amira", "wrong"),
        ("amira", PASSWORD + " "),
        ("amira", "ключ" * 200),
        ("nobody", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
    ],
)
def test_wrong_user_name_or_password_gets_one_answer(
    hired: Desk, login: str, password: str
) -> None:
    visitor = hired.visitor()
    response = sign_in(visitor, login=login, password=password)
    assert response.status_code == 403
    assert "User name or password is not right." in response.text
    assert SESSION_COOKIE not in visitor.client.cookies


def test_invited_person_without_a_password_cannot_sign_in(desk: Desk) -> None:
    desk.hire("amira")
    desk.accounts.invite("amira", now=desk.clock())
    assert sign_in(desk.visitor()).status_code == 403


def test_sixth_attempt_from_an_address_waits_even_with_the_right_password(hired: Desk) -> None:
    visitor = hired.visitor()
    for number in range(5):
        assert sign_in(visitor, login=f"guess{number}").status_code == 403
    response = sign_in(visitor)
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 300
    assert "too many failed attempts" in response.text
    hired.clock.ahead = 301
    assert sign_in(visitor).status_code == 303


def test_attempts_on_one_account_are_counted_over_all_addresses(hired: Desk) -> None:
    answers = []
    for number in range(11):
        visitor = hired.visitor()
        visitor.client._transport.client = (f"198.51.100.{number}", 50000)  # type: ignore[attr-defined]
        answers.append(sign_in(visitor, password="guess").status_code)
    assert answers == [*[403] * 10, 429]
    hired.hire("zoe")
    assert sign_in(hired.visitor(), login="zoe").status_code == 303


def test_success_is_no_failure(hired: Desk) -> None:
    for _ in range(12):
        assert sign_in(hired.visitor()).status_code == 303


def test_throttle_forgets_after_its_window() -> None:
    clock = Clock()
    throttle = Throttle(limit=2, window=60, clock=lambda: clock.ahead)
    throttle.attempt("a")
    clock.ahead += 10
    throttle.attempt("a")
    assert (throttle.wait("a"), throttle.wait("b")) == (50, 0)
    clock.ahead += 50
    assert throttle.wait("a") == 0


def test_throttle_takes_back_only_the_attempt_that_succeeded() -> None:
    throttle = Throttle(limit=2, clock=lambda: 0.0)
    throttle.attempt("a")
    throttle.attempt("a")
    throttle.succeeded("a")
    assert throttle.wait("a") == 0
    throttle.attempt("a")
    assert throttle.wait("a") == 300


def test_signing_out_ends_the_session_for_a_copied_cookie_too(desk: Desk, amira: Agent) -> None:
    stolen = desk.visitor()
    stolen.client.cookies.update(amira.client.cookies)
    assert stolen.get("/").status_code == 200
    assert amira.post("/sign-out").status_code == 303
    assert amira.get("/").headers["location"] == "/sign-in"
    assert stolen.get("/").headers["location"] == "/sign-in"


def test_session_ends_after_twelve_hours(desk: Desk, amira: Agent) -> None:
    desk.clock.ahead = 12 * 3600 - 10
    assert amira.get("/").status_code == 200
    desk.clock.ahead = 12 * 3600 + 1
    assert amira.get("/").headers["location"] == "/sign-in"


def test_session_ends_when_the_account_is_disabled(desk: Desk, amira: Agent) -> None:
    desk.accounts.enable("amira", False)
    assert amira.get("/").headers["location"] == "/sign-in"
    assert sign_in(desk.visitor()).status_code == 403


@pytest.mark.parametrize("cookie", ["", ".", "0" * 43, "x" * 5000])
def test_made_up_session_is_no_session(hired: Desk, cookie: str) -> None:
    visitor = hired.visitor()
    visitor.client.cookies.set(SESSION_COOKIE, cookie)
    assert visitor.get("/").headers["location"] == "/sign-in"


def test_file_of_the_desk_holds_neither_sessions_nor_passwords(
    desk: Desk, amira: Agent, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "desk.sqlite") as db:
        dump = "\n".join(db.iterdump())
    assert amira.client.cookies[SESSION_COOKIE] not in dump
    assert PASSWORD not in dump
    assert "$argon2id$" in dump
    assert (tmp_path / "desk.sqlite").stat().st_mode & 0o777 == 0o600


def test_session_changes_with_every_sign_in(desk: Desk, amira: Agent) -> None:
    before = amira.client.cookies[SESSION_COOKIE]
    again = desk.visitor()
    csrf = again.csrf("/sign-in")
    entry = again.client.cookies[ENTRY_COOKIE]
    cookies = f"{SESSION_COOKIE}={before}; {ENTRY_COOKIE}={entry}"
    answer = again.client.post(
        "/sign-in",
        data={"csrf": csrf, "login": "amira", "password": PASSWORD},
        headers={"origin": ORIGIN, "cookie": cookies},
    )
    assert f"{SESSION_COOKIE}={before}" not in answer.headers["set-cookie"]
    assert amira.get("/").headers["location"] == "/sign-in"
