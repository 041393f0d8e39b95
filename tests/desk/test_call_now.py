"""The desk calls customers by a telephone service, which here is a server that acts as Twilio."""

import html
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright
from starlette.testclient import TestClient

from persona_router.content.policies import DEFAULT_POLICY
from persona_router.desk.call_store import CallStore
from persona_router.desk.database import desk_database
from persona_router.desk.retention import Retention
from persona_router.desk.sessions import SESSION_COOKIE
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.queue import Handoff
from persona_router.handoff.twilio_calls import TwilioCalls
from tests.desk.conftest import Agent, Desk, opened_desk
from tests.handoff.fake_twilio import ACCOUNT, AGENT, CUSTOMER, NUMBER, TOKEN, FakeTwilio

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PUBLIC = "https://desk.example"
HOTLINE = {
    "locales": ["de", "ar"],
    "timezone": "Europe/Berlin",
    "hours": {"mon-fri": ["08:00-20:00"]},
}
NOON = datetime.fromisoformat("2026-11-23T12:00+01:00").timestamp()


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    server = FakeTwilio()
    yield server
    server.stop()
    assert server.violations == []


def opened(tmp_path: Path, twilio: FakeTwilio, public_url: str | None) -> Any:
    policy = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
    policy["routes"]["phone"]["services"] = [HOTLINE]
    file = tmp_path / "project" / "data" / "routing.yml"
    file.parent.mkdir(parents=True)
    file.write_text(yaml.safe_dump(policy), encoding="utf-8")
    dialler = TwilioCalls(
        account=ACCOUNT,
        token=TOKEN,
        number=NUMBER,
        longest_call=600,
        public_url=public_url,
        url=twilio.url,
        public_only=False,
        read_seconds=0.3,
    )
    return opened_desk(tmp_path, tmp_path / "project", dialler=dialler)


@pytest.fixture
def desk(tmp_path: Path, twilio: FakeTwilio, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with opened(tmp_path, twilio, getattr(request, "param", None)) as desk:
        desk.clock.ahead = NOON - desk.clock()
        yield desk


reporting = pytest.mark.parametrize("desk", [PUBLIC], indirect=True)


@pytest.fixture
def amira(desk: Desk) -> Agent:
    return desk.agent("Amira", phone=AGENT)


def ask(desk: Desk, agent: Agent, name: str = "c1", number: str = CUSTOMER) -> Handoff:
    handoff = desk.ask(name, kind="callback", phone_number=number, callback_time="abends")
    assert agent.post(f"/handoffs/{handoff.id}/claim").status_code == 303
    return desk.queue.get(handoff.id)


def page(agent: Agent, handoff: Handoff, locale: str = "en") -> str:
    return html.unescape(agent.get(f"/handoffs/{handoff.id}?lang={locale}").text)


def attempt(agent: Agent, handoff: Handoff) -> str:
    found = re.search(r'name="attempt" value="([^"]+)"', page(agent, handoff))
    assert found, "no button"
    return found[1]


def call(agent: Agent, handoff: Handoff, name: str = "") -> Any:
    fields = {"attempt": name or attempt(agent, handoff)}
    return agent.post(f"/handoffs/{handoff.id}/call-now", fields)


def look(desk: Desk, seconds: float = 3.0) -> None:
    """Let time go by, and the desk look after its calls."""
    desk.clock.ahead += seconds
    desk.app.state.line.watch.step()


def kinds(desk: Desk, handoff: Handoff) -> list[str]:
    return [note.kind for note in desk.care.notes(handoff.id)]


def test_button_calls_the_agent_and_then_the_customer(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira, number="+966 50 000 0001")
    answer = call(amira, handoff)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/handoffs/{handoff.id}")
    (form,) = twilio.placed
    assert (form["To"], form["From"]) == (AGENT, NUMBER)
    assert f">{CUSTOMER}</Number>" in form["Twiml"]
    shown = page(amira, handoff)
    assert "Your phone is ringing. When you pick up, the customer is called." in shown
    assert "Call now" not in shown
    assert 'href="tel:+966500000001"' in shown
    (note,) = desk.care.notes(handoff.id)
    assert (note.kind, note.author, note.text) == ("call_placed", "amira", "")
    assert "The customer was called by phone" in shown


def test_booked_number_is_called_rather_than_the_first_one(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    bookings = Bookings(desk.contact.path.with_name("callbacks.sqlite"), clock=desk.clock)
    assert bookings.hold("c1", "de ar", NOON + 3600, at_once=1)
    assert bookings.book(handoff.id, "c1", "+493022222222")
    call(amira, handoff)
    assert ">+493022222222</Number>" in twilio.placed[0]["Twiml"]


@pytest.mark.parametrize("again", ["same", "another"])
def test_pressing_twice_is_one_call(
    desk: Desk, twilio: FakeTwilio, amira: Agent, again: str
) -> None:
    handoff = ask(desk, amira)
    name = attempt(amira, handoff)
    other = name if again == "same" else "another-attempt-01"
    assert [call(amira, handoff, one).status_code for one in (name, other, other)] == [303] * 3
    assert len(twilio.placed) == 1
    assert kinds(desk, handoff) == ["call_placed"]


def test_attempt_that_is_over_is_not_made_again(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    name = attempt(amira, handoff)
    call(amira, handoff, name)
    twilio.rings("no-answer")
    look(desk)
    call(amira, handoff, name)
    assert len(twilio.placed) == 1
    call(amira, handoff)
    assert len(twilio.placed) == 2


def test_requests_at_the_same_time_are_one_call(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    store = CallStore(desk_database(desk.contact.path.with_name("desk.sqlite")))
    begun: list[bool] = []

    def begin(number: int) -> None:
        begun.append(store.begin(f"attempt-{number:016}", handoff.id, "amira", now=NOON))

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("agent", "customer", "english", "german", "arabic"),
    [
        (
            "completed", "completed", "The call is over; the customer picked up.",
            "Es wurde abgenommen; das Gespräch ist beendet", "رد العميل وانتهت المكالمة",
        ),
        (
            "completed", "busy", "The customer’s line was busy.",
            "Der Anschluss war besetzt", "كان خط العميل مشغولًا",
        ),
        (
            "completed", "no-answer", "The customer did not pick up.",
            "Es hat niemand abgenommen", "لم يرد العميل",
        ),
        (
            "completed", "failed", "The call to the customer failed.",
            "Der Anruf ist nicht zustande gekommen", "تعذر الاتصال بالعميل",
        ),
        (
            "busy", "", "Nobody picked up your phone, so the customer was not called.",
            "Am Telefon des Teams hat niemand abgenommen; es wurde nicht weiter angerufen",
            "لم يرد أحد على هاتف الموظف، ولم يُجرَ الاتصال بالعميل",
        ),
    ],
)  # fmt: skip
def test_end_of_a_call_is_shown_and_noted(
    desk: Desk, twilio: FakeTwilio, amira: Agent,
    agent: str, customer: str, english: str, german: str, arabic: str,
) -> None:  # fmt: skip
    handoff = ask(desk, amira)
    call(amira, handoff)
    if customer:
        twilio.dials("in-progress")
        look(desk)
        assert "You are talking to the customer." in page(amira, handoff)
        twilio.dials(customer)
    twilio.rings(agent)
    look(desk)
    look(desk)
    assert len(desk.care.notes(handoff.id)) == 2
    shown = page(amira, handoff)
    assert english in shown
    assert "Call now" in shown
    assert f'<p class="text" dir="auto">{german}</p>' in page(amira, handoff, "de")
    assert f'<p class="text" dir="auto">{arabic}</p>' in page(amira, handoff, "ar")
    assert desk.queue.get(handoff.id).status == "claimed"


@pytest.mark.parametrize(("status", "offered"), [("busy", True), ("completed", False)])
def test_another_time_is_offered_when_the_customer_was_not_reached(
    desk: Desk, twilio: FakeTwilio, amira: Agent, status: str, offered: bool
) -> None:
    handoff = ask(desk, amira)
    bookings = Bookings(desk.contact.path.with_name("callbacks.sqlite"), clock=desk.clock)
    assert bookings.hold("c1", "de ar", NOON + 3600, at_once=1)
    assert bookings.book(handoff.id, "c1", CUSTOMER)
    call(amira, handoff)
    twilio.dials(status)
    twilio.rings("completed")
    look(desk)
    shown = page(amira, handoff)
    assert ('<a href="#slot">Choose another time for the call</a>' in shown) is offered
    assert 'id="slot"' in shown
    assert bookings.all()[handoff.id].attempts == 0


def test_service_is_asked_every_three_seconds_for_any_number_of_pages(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    for _ in range(3):
        page(amira, handoff)
        amira.get(f"/handoffs/{handoff.id}/calling?seen=x")
        look(desk, 0.9)
    assert len([one for one in twilio.requests if one[0] == "GET"]) == 1
    look(desk, 3.0)
    assert len([one for one in twilio.requests if one[0] == "GET"]) == 2


@reporting
def test_service_that_reports_is_seldom_asked(desk: Desk, twilio: FakeTwilio, amira: Agent) -> None:
    call(amira, ask(desk, amira))
    look(desk, 0.1)
    for _ in range(9):
        look(desk, 3.0)
    assert len([one for one in twilio.requests if one[0] == "GET"]) == 1


def test_service_in_trouble_is_left_alone_for_a_while(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    twilio.troubles = [500, (429, {"Retry-After": "60"})]
    asked = []
    for seconds in (1.0, 20.0, 10.0, 50.0, 10.0):
        look(desk, seconds)
        asked.append(len([one for one in twilio.requests if one[0] == "GET"]))
    assert asked == [1, 1, 2, 2, 3]
    assert "Your phone is ringing" in page(amira, handoff)


def test_call_that_nobody_can_tell_of_is_given_up(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    twilio.always = 500
    look(desk, 760.0)
    assert kinds(desk, handoff) == ["call_placed"]
    look(desk, 11.0)
    assert kinds(desk, handoff) == ["call_placed", "call_unknown"]
    assert "It is not known how the call went." in page(amira, handoff)
    assert attempt(amira, handoff)


def test_call_that_a_crash_left_half_placed_is_given_up(desk: Desk, amira: Agent) -> None:
    handoff = ask(desk, amira)
    store = CallStore(desk_database(desk.contact.path.with_name("desk.sqlite")))
    assert store.begin("attempt-0123456789", handoff.id, "amira", now=desk.clock())
    look(desk, 59.0)
    assert "Your phone is ringing" in page(amira, handoff)
    look(desk, 2.0)
    assert "It is not known how the call went." in page(amira, handoff)


@pytest.mark.parametrize(
    ("trouble", "status", "told"),
    [
        ((401, 20003), 503, "The telephone service does not accept the desk’s settings."),
        ((400, 21210), 503, "The telephone service does not accept the desk’s settings."),
        ((400, 21211), 409, "The telephone service does not call your phone number."),
        (429, 503, "The telephone service takes no more calls at the moment."),
        (302, 503, "The telephone service cannot be reached. Nobody was called."),
    ],
)
def test_refusal_is_told_and_leaves_nothing(
    desk: Desk, twilio: FakeTwilio, amira: Agent, trouble: Any, status: int, told: str
) -> None:
    handoff = ask(desk, amira)
    if isinstance(trouble, tuple):
        twilio.refusal = trouble
    else:
        twilio.troubles = [trouble]
    name = attempt(amira, handoff)
    answer = call(amira, handoff, name)
    assert answer.status_code == status
    assert told in html.unescape(answer.text)
    assert TOKEN not in answer.text
    assert AGENT not in answer.text
    assert kinds(desk, handoff) == []
    twilio.refusal = None
    assert call(amira, handoff, name).status_code == 303
    assert kinds(desk, handoff) == ["call_placed"]


@pytest.mark.parametrize("trouble", [500, "held", "lost"])
def test_answer_that_is_lost_does_not_call_twice_by_itself(
    desk: Desk, twilio: FakeTwilio, amira: Agent, trouble: Any
) -> None:
    handoff = ask(desk, amira)
    twilio.troubles = [trouble]
    name = attempt(amira, handoff)
    assert [call(amira, handoff, name).status_code for _ in range(2)] == [303, 303]
    assert len(twilio.placed) == 1
    shown = page(amira, handoff)
    assert "If your phone is not ringing, you can call again." in shown
    assert kinds(desk, handoff) == ["call_unknown"]
    assert "Call now" in shown


def test_agent_without_a_number_is_shown_where_to_give_it(desk: Desk, twilio: FakeTwilio) -> None:
    jana = desk.agent("Jana")
    handoff = ask(desk, jana)
    shown = page(jana, handoff)
    assert "Call now" not in shown
    assert '<a href="/account#phone">My account</a>' in shown
    answer = call(jana, handoff, "attempt-0123456789")
    assert answer.status_code == 409
    assert "Please enter your phone number on the page of your account first." in answer.text
    assert jana.post("/account/phone", {"phone": "+49 30 11111111"}).status_code == 303
    assert call(jana, handoff).status_code == 303
    assert twilio.placed[0]["To"] == AGENT


def test_only_the_holder_calls(desk: Desk, twilio: FakeTwilio, amira: Agent) -> None:
    handoff, jana = ask(desk, amira), desk.agent("Jana", phone=AGENT)
    assert "Call now" not in page(jana, handoff)
    assert call(jana, handoff, "attempt-0123456789").status_code == 409
    trainer = desk.agent("Tom", roles="trainer", phone=AGENT)
    assert call(trainer, handoff, "attempt-0123456789").status_code == 403
    assert twilio.requests == []


@pytest.mark.parametrize("name", ["short", "x" * 65, "no spaces allowed", "../../etc/passwd-"])
def test_attempt_that_makes_no_sense_is_refused(
    desk: Desk, twilio: FakeTwilio, amira: Agent, name: str
) -> None:
    assert call(amira, ask(desk, amira), name).status_code == 400
    assert twilio.requests == []


@pytest.mark.parametrize("number", ["030 123456", "+49", "call me"])
def test_number_that_cannot_be_called_from_here_is_dialled_by_hand(
    desk: Desk, twilio: FakeTwilio, amira: Agent, number: str
) -> None:
    handoff = ask(desk, amira, number=number)
    assert "Call now" not in page(amira, handoff)
    answer = call(amira, handoff, "attempt-0123456789")
    assert answer.status_code == 409
    assert "The customer’s number cannot be called from here." in html.unescape(answer.text)
    assert twilio.requests == []


def test_chat_has_no_button(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask("c9")
    amira.post(f"/handoffs/{handoff.id}/claim")
    assert "Phone call" not in page(amira, handoff)
    assert amira.get(f"/handoffs/{handoff.id}/calling").status_code == 204


def test_desk_without_a_service_shows_the_number_alone(tmp_path: Path) -> None:
    with opened_desk(tmp_path) as desk:
        amira = desk.agent("Amira", phone=AGENT)
        handoff = ask(desk, amira)
        shown = page(amira, handoff)
        assert 'href="tel:+966500000001"' in shown
        assert "Call now" not in shown
        assert "Phone call" not in shown
        assert call(amira, handoff, "attempt-0123456789").status_code == 503
        assert desk.app.state.line.around(desk.app) is desk.app


def test_calls_that_another_configuration_left_are_settled(tmp_path: Path) -> None:
    with opened_desk(tmp_path) as desk:
        store = CallStore(desk_database(tmp_path / "desk.sqlite"))
        store.begin("attempt-0123456789", "h1", "amira", now=desk.clock())
        with desk.app.state.line.running():
            for _ in range(300):
                if not store.running():
                    break
                threading.Event().wait(0.01)
        assert [note.kind for note in desk.care.notes("h1")] == ["call_unknown"]


def test_part_is_sent_when_the_browser_has_not_seen_it(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    path = f"/handoffs/{handoff.id}/calling"
    assert amira.get(f"{path}?seen=").status_code == 204
    call(amira, handoff)
    part = amira.get(f"{path}?seen=&lang=en")
    assert (part.status_code, "Your phone is ringing" in part.text) == (200, True)
    (seen,) = re.findall(r"calling\?seen=([^\"]+)\"", part.text)
    assert amira.get(f"{path}?seen={seen}").status_code == 204
    twilio.rings("busy")
    look(desk)
    part = amira.get(f"{path}?seen={seen}&lang=en").text
    assert "Nobody picked up your phone" in part
    assert "Call now" in part


class Reporter:
    """The service's side: it reports to the address that it was given."""

    def __init__(self, desk: Desk, twilio: FakeTwilio) -> None:
        self._client = TestClient(desk.app.state.line.around(desk.app))
        self._twilio = twilio
        self.url = twilio.placed[-1]["StatusCallback"] if twilio.placed else ""

    def report(self, *, to: str = "", **fields: str) -> int:
        url = to or self.url
        body, headers = self._twilio.report(url, **fields)
        return self.send(url, body, headers)

    def customer(self, status: str) -> int:
        parent = next(iter(self._twilio.calls))
        return self.report(CallStatus=status, ParentCallSid=parent, CallSid="CA" + "9" * 32)

    def send(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        answer = self._client.post(url.removeprefix(PUBLIC), content=body, headers=headers)
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code


@reporting
def test_reports_need_no_session_and_no_order(desk: Desk, twilio: FakeTwilio, amira: Agent) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    reporter = Reporter(desk, twilio)
    assert reporter.report(CallStatus="ringing") == 200
    assert reporter.customer("in-progress") == 200
    assert "You are talking to the customer." in page(amira, handoff)
    assert reporter.report(CallStatus="in-progress") == 200
    assert "You are talking to the customer." in page(amira, handoff)
    assert [reporter.customer("completed") for _ in range(2)] == [200, 200]
    for late in ("ringing", "busy", "initiated"):
        assert reporter.customer(late) == 200
    assert reporter.report(CallStatus="completed") == 200
    assert "The call is over; the customer picked up." in page(amira, handoff)
    assert kinds(desk, handoff) == ["call_placed", "call_answered"]


@reporting
def test_end_of_the_agents_call_has_the_service_asked_about_the_customers(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    look(desk, 0.1)
    twilio.dials("no-answer")
    twilio.rings("completed")
    assert Reporter(desk, twilio).report(CallStatus="completed") == 200
    assert "Your phone is ringing" in page(amira, handoff)
    look(desk, 0.1)
    assert kinds(desk, handoff) == ["call_placed", "call_no_answer"]


@reporting
def test_report_finds_a_call_whose_answer_was_lost(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    twilio.troubles = ["lost"]
    call(amira, handoff)
    assert kinds(desk, handoff) == ["call_unknown"]
    reporter = Reporter(desk, twilio)
    assert reporter.report(CallStatus="in-progress") == 200
    assert "The customer’s phone is ringing." in page(amira, handoff)
    assert reporter.customer("busy") == 200
    assert kinds(desk, handoff) == ["call_unknown", "call_busy"]


@reporting
def test_forged_and_unknown_reports_change_nothing(
    desk: Desk, twilio: FakeTwilio, amira: Agent
) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    reporter = Reporter(desk, twilio)
    body, headers = twilio.report(reporter.url, CallStatus="busy", token="another token")
    assert reporter.send(reporter.url, body, headers) == 403
    assert reporter.send(reporter.url, body, {}) == 403
    nobodys = f"{PUBLIC}/webhooks/dial-out/nobodys-attempt-01"
    assert reporter.send(nobodys, body, {}) == 403
    assert reporter.report(to=nobodys, CallStatus="busy") == 404
    assert reporter.report(CallSid="CA" + "7" * 32, CallStatus="busy") == 404
    assert reporter.report(to=f"{PUBLIC}/webhooks/dial-out/x", CallStatus="busy") == 404
    body, headers = twilio.report(reporter.url, CallStatus="busy", More="x" * 65_536)
    assert reporter.send(reporter.url, body, headers) == 413
    client = TestClient(desk.app.state.line.around(desk.app))
    assert client.get(reporter.url.removeprefix(PUBLIC)).status_code == 405
    assert "Your phone is ringing" in page(amira, handoff)
    assert kinds(desk, handoff) == ["call_placed"]


def test_reports_are_not_taken_when_none_were_asked_for(desk: Desk, amira: Agent) -> None:
    client = TestClient(desk.app.state.line.around(desk.app))
    answer = client.post("/webhooks/dial-out/attempt-0123456789", content=b"CallStatus=busy")
    assert answer.status_code == 403


def test_calls_are_deleted_with_their_handoff(desk: Desk, twilio: FakeTwilio, amira: Agent) -> None:
    handoff = ask(desk, amira)
    call(amira, handoff)
    amira.post(f"/handoffs/{handoff.id}/close", {"outcome": "resolved"})
    retention = Retention(queue=desk.queue, care=desk.care, contact=desk.contact, days=1)
    retention.step(desk.clock() + 2 * 86_400)
    store = CallStore(desk_database(desk.contact.path.with_name("desk.sqlite")))
    assert store.last(handoff.id) is None
    with sqlite3.connect(desk.contact.path.with_name("desk.sqlite")) as db:
        assert CUSTOMER not in "\n".join(db.iterdump())


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH")
@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("ar", 320)])
def test_page_follows_a_call_that_was_double_clicked(
    desk: Desk, twilio: FakeTwilio, amira: Agent, address: str, locale: str, width: int
) -> None:
    handoff = ask(desk, amira)
    token = amira.client.cookies[SESSION_COOKIE]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        shown = context.new_page()
        shown.goto(f"{address}/handoffs/{handoff.id}?lang={locale}")
        shown.locator("#calling button").dblclick()
        expect(shown.locator("#calling .running")).to_be_visible()
        first = shown.locator("#calling .running").inner_text()
        twilio.dials("in-progress")
        look(desk)
        expect(shown.locator("#calling .running")).not_to_have_text(first, timeout=5000)
        twilio.dials("busy")
        look(desk)
        expect(shown.locator("#calling .over")).to_be_visible(timeout=5000)
        expect(shown.locator("#calling button")).to_be_visible()
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        browser.close()
    assert len(twilio.placed) == 1
