"""Who gets in, who does not, and for how long."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from persona_router.desk.sessions import SESSION_COOKIE, Sessions, new_visitor
from persona_router.desk.throttle import Throttle
from tests.desk.conftest import KEY, ORIGIN, Agent, Desk


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def sign_in(visitor: Agent, *, name: str = "Amira", key: str = KEY) -> Any:
    fields = {"csrf": visitor.csrf("/sign-in"), "name": name, "key": key}
    headers = {"accept": "text/html", "origin": ORIGIN}
    return visitor.client.post("/sign-in", data=fields, headers=headers)


def test_right_key_opens_the_queue(desk: Desk) -> None:
    visitor = desk.visitor()
    response = sign_in(visitor)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Nobody is waiting" in visitor.get("/").text
    cookie = response.headers["set-cookie"]
    assert f"{SESSION_COOKIE}=" in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


@pytest.mark.parametrize("key", ["", "wrong", KEY + " ", "ключ"])
def test_wrong_key_is_refused_in_words(desk: Desk, key: str) -> None:
    visitor = desk.visitor()
    response = sign_in(visitor, key=key)
    assert response.status_code == 403
    assert "This access key is not right" in response.text
    assert SESSION_COOKIE not in visitor.client.cookies


def test_key_in_the_address_is_taken_out_of_it(desk: Desk) -> None:
    visitor = desk.visitor()
    response = visitor.get(f"/sign-in?key={KEY}")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    page = visitor.get("/sign-in").text
    assert 'name="key"' not in page
    assert 'name="name"' in page
    assert KEY not in page
    assert sign_in(visitor, key="").status_code == 303


def test_wrong_key_in_the_address_is_refused_and_counted(desk: Desk) -> None:
    visitor = desk.visitor()
    answers = [visitor.get("/sign-in?key=guess").status_code for _ in range(6)]
    assert answers == [403, 403, 403, 403, 403, 429]


def test_sixth_attempt_has_to_wait_even_with_the_right_key(desk: Desk) -> None:
    visitor = desk.visitor()
    for _ in range(5):
        assert sign_in(visitor, key="guess").status_code == 403
    response = sign_in(visitor)
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 300
    assert "too many failed attempts" in response.text


def test_throttle_forgets_after_its_window() -> None:
    clock = Clock()
    throttle = Throttle(limit=2, window=60, clock=clock)
    throttle.failed("a")
    clock.now += 10
    throttle.failed("a")
    assert (throttle.wait("a"), throttle.wait("b")) == (50, 0)
    clock.now += 50
    assert throttle.wait("a") == 0


@pytest.mark.parametrize("name", ["أميرة", "Łukasz Żółć", "O’Brien", "Mª José", "अनीता"])
def test_names_of_any_script_are_welcome(desk: Desk, name: str) -> None:
    visitor = desk.visitor()
    assert sign_in(visitor, name=name).status_code == 303
    assert f"<bdi>{name}</bdi>" in visitor.get("/").text


@pytest.mark.parametrize(
    "name", ["", "   ", "<b>Eve</b>", "**Eve**", "[x](http://x)", "A" * 41, "1234", "\x00", "🦊"]
)
def test_names_that_could_mislead_customers_are_refused(desk: Desk, name: str) -> None:
    response = sign_in(desk.visitor(), name=name)
    assert response.status_code == 403
    assert "Please enter a name" in response.text


def test_signing_out_ends_the_session(desk: Desk, amira: Agent) -> None:
    assert amira.post("/sign-out").status_code == 303
    assert amira.get("/").headers["location"] == "/sign-in"


def _request(cookie: str) -> Request:
    headers = [(b"cookie", f"{SESSION_COOKIE}={cookie}".encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def _cookie(sessions: Sessions) -> str:
    response = Response()
    sessions.start(response, name="Amira", secure=True)
    assert "Secure" in response.headers["set-cookie"]
    return response.headers["set-cookie"].split("=", 1)[1].split(";")[0]


def test_session_ends_after_twelve_hours() -> None:
    clock = Clock()
    sessions = Sessions(secret="s", key="k", clock=clock)
    request = _request(_cookie(sessions))
    clock.now += 12 * 3600 - 1
    agent = sessions.agent(request)
    assert agent is not None
    assert agent.name == "Amira"
    clock.now += 1
    assert sessions.agent(request) is None


@pytest.mark.parametrize(("secret", "key"), [("other", "k"), ("s", "other")])
def test_session_ends_when_a_secret_changes(secret: str, key: str) -> None:
    request = _request(_cookie(Sessions(secret="s", key="k")))
    assert Sessions(secret=secret, key=key).agent(request) is None


@pytest.mark.parametrize("cookie", ["", ".", "e30.", "WyJ4Il0.00", "x" * 5000])
def test_forged_session_is_no_session(cookie: str) -> None:
    assert Sessions(secret="s", key="k").agent(_request(cookie)) is None


def test_changed_session_is_no_session() -> None:
    sessions = Sessions(secret="s", key="k")
    text, _, mac = _cookie(sessions).partition(".")
    assert sessions.agent(_request(f"{text[:-2]}AA.{mac}")) is None


def test_visitor_is_no_agent() -> None:
    sessions = Sessions(secret="s", key="k")
    response = Response()
    sessions.enter(response, new_visitor(admitted=True), secure=False)
    cookie = response.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    assert sessions.agent(_request(cookie)) is None
