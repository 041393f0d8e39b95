"""Calls by Twilio, against a server that holds every request to what Twilio documents."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from persona_router.content.errors import ContentError
from persona_router.handoff.dialling import (
    CallRefused,
    CredentialsRefused,
    DialError,
    DiallerUnreachable,
    NumberRefused,
    Report,
    ReportRefused,
    TooManyCalls,
    furthest,
    open_dialler,
)
from persona_router.handoff.provider import Delivery
from persona_router.handoff.twilio_calls import TwilioCalls
from tests.handoff.fake_twilio import ACCOUNT, AGENT, CUSTOMER, EVENTS, NUMBER, TOKEN, FakeTwilio

ATTEMPT = "attempt-0123456789"
PUBLIC = "https://desk.example/help"
REPORTS = f"{PUBLIC}/webhooks/dial-out/{ATTEMPT}"


@pytest.fixture
def server() -> Iterator[FakeTwilio]:
    server = FakeTwilio()
    yield server
    server.stop()
    assert server.violations == []


def service(server: FakeTwilio, **changes: Any) -> TwilioCalls:
    values: dict[str, Any] = {
        "account": ACCOUNT,
        "token": TOKEN,
        "number": NUMBER,
        "longest_call": 1800,
        "public_url": None,
        "url": server.url,
        "public_only": False,
    }
    return TwilioCalls(**{**values, **changes})


@pytest.fixture
def twilio(server: FakeTwilio) -> TwilioCalls:
    return service(server)


def place(twilio: TwilioCalls, *, agent: str = AGENT) -> str:
    return twilio.place(agent=agent, customer=CUSTOMER, attempt=ATTEMPT)


def test_call_rings_at_the_agents_and_then_dials_the_customer(
    server: FakeTwilio, twilio: TwilioCalls
) -> None:
    assert place(twilio) == "CA" + "0" * 31 + "1"
    (form,) = server.placed
    assert {name: value for name, value in form.items() if name != "Twiml"} == {
        "To": AGENT,
        "From": NUMBER,
        "Timeout": "20",
        "TimeLimit": "1830",
    }
    (dial,) = ElementTree.fromstring(form["Twiml"])
    assert dial.attrib == {
        "callerId": NUMBER,
        "answerOnBridge": "true",
        "timeout": "30",
        "timeLimit": "1800",
    }
    assert [(one.tag, one.text, one.attrib) for one in dial] == [("Number", CUSTOMER, {})]


def test_reports_of_both_phones_are_asked_for_at_the_public_address(server: FakeTwilio) -> None:
    place(service(server, public_url=PUBLIC))
    (form,) = server.placed
    assert (form["StatusCallback"], form["StatusCallbackMethod"]) == (REPORTS, "POST")
    assert form["StatusCallbackEvent"] == EVENTS
    number = ElementTree.fromstring(form["Twiml"])[0][0]
    assert number.attrib == {
        "statusCallback": REPORTS,
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "initiated ringing answered completed",
    }


@pytest.mark.parametrize(
    ("trouble", "error", "told"),
    [
        ((401, 20003), CredentialsRefused, "HTTP 401, error 20003: check account and token"),
        ((403, 20403), CredentialsRefused, "HTTP 403, error 20403"),
        ((400, 21211), NumberRefused, "error 21211: it does not call the agent's number"),
        ((400, 21215), NumberRefused, "error 21215"),
        ((400, 21210), CallRefused, "HTTP 400, error 21210: check from of dial_out"),
        ((404, 20404), CallRefused, "HTTP 404, error 20404: check account and url of dial_out"),
    ],
)
def test_refusals_are_told_apart_and_quote_nothing(
    server: FakeTwilio, twilio: TwilioCalls, caplog: pytest.LogCaptureFixture,
    trouble: tuple[int, int], error: type[DialError], told: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    server.refusal = trouble
    with pytest.raises(error) as raised:
        place(twilio)
    assert told in str(raised.value)
    _quotes_nothing(str(raised.value) + caplog.text)
    assert raised.value.__cause__ is None


def test_too_many_requests_say_when_to_come_back(server: FakeTwilio, twilio: TwilioCalls) -> None:
    server.troubles = [(429, {"Retry-After": "7"}), (429, {"Retry-After": "soon"})]
    with pytest.raises(TooManyCalls) as raised:
        place(twilio)
    assert raised.value.retry_after == 7.0
    with pytest.raises(TooManyCalls) as raised:
        place(twilio)
    assert raised.value.retry_after is None
    assert server.calls == {}


@pytest.mark.parametrize(
    ("trouble", "unsure"),
    [
        (500, True),
        (503, True),
        (302, False),
        ("lost", True),
        ("held", True),
        ("silence", True),
        (b"<html>maintenance</html>", True),
        (b"[]", True),
        (b'{"sid": "CA1"}', True),
        (b"x" * 300_000, True),
    ],
)
def test_no_answer_tells_whether_the_call_may_have_been_placed(
    server: FakeTwilio, trouble: Any, unsure: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.troubles = [trouble]
    began = time.monotonic()
    with pytest.raises(DiallerUnreachable) as raised:
        place(service(server, read_seconds=0.3))
    assert raised.value.unsure is unsure
    assert time.monotonic() - began < 3.0
    _quotes_nothing(str(raised.value) + caplog.text)
    assert len(server.requests) == 1


def test_server_that_is_not_there_has_placed_nothing() -> None:
    server = FakeTwilio()
    twilio = service(server)
    server.stop()
    with pytest.raises(DiallerUnreachable, match="is unreachable") as raised:
        place(twilio)
    assert raised.value.unsure is False


def test_nothing_is_sent_into_a_private_network_unless_it_is_meant(server: FakeTwilio) -> None:
    with pytest.raises(DiallerUnreachable, match="Set allow_private_network: true"):
        place(service(server, public_only=True))
    assert server.requests == []


def test_environment_chooses_neither_host_nor_proxy(
    server: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert place(service(server)).startswith("CA")


@pytest.mark.parametrize(
    ("agent", "customer", "stage"),
    [
        ("queued", None, "calling_agent"),
        ("ringing", None, "calling_agent"),
        ("busy", None, "agent_missed"),
        ("no-answer", None, "agent_missed"),
        ("failed", None, "agent_missed"),
        ("canceled", None, "agent_missed"),
        ("in-progress", None, "calling_customer"),
        ("in-progress", "ringing", "calling_customer"),
        ("in-progress", "in-progress", "talking"),
        ("completed", "completed", "answered"),
        ("completed", "busy", "busy"),
        ("completed", "no-answer", "no_answer"),
        ("completed", "canceled", "no_answer"),
        ("completed", "failed", "failed"),
        ("completed", None, "failed"),
        ("something-new", None, "calling_customer"),
    ],
)
def test_stage_is_that_of_the_customers_phone_once_it_is_dialled(
    server: FakeTwilio, twilio: TwilioCalls, agent: str, customer: str | None, stage: str
) -> None:
    call = place(twilio)
    if customer:
        server.dials(customer)
    server.rings(agent, call)
    assert twilio.stage(call) == stage


def test_stage_of_an_unknown_call_is_an_error(twilio: TwilioCalls) -> None:
    with pytest.raises(CallRefused):
        twilio.stage("CA" + "f" * 32)


def delivery(body: bytes, headers: dict[str, str]) -> Delivery:
    return Delivery(headers={k.lower(): v for k, v in headers.items()}, body=body, at=0.0)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"CallStatus": "initiated"}, "calling_agent"),
        ({"CallStatus": "in-progress"}, "calling_customer"),
        ({"CallStatus": "no-answer"}, "agent_missed"),
        ({"CallStatus": "completed"}, None),
        ({"CallStatus": "ringing", "ParentCallSid": "x"}, "calling_customer"),
        ({"CallStatus": "in-progress", "ParentCallSid": "x"}, "talking"),
        ({"CallStatus": "completed", "ParentCallSid": "x"}, "answered"),
        ({"CallStatus": "busy", "ParentCallSid": "x", "To": "+49 30 ä&=%"}, "busy"),
    ],
)
def test_reports_are_read(server: FakeTwilio, fields: dict[str, str], stage: str | None) -> None:
    twilio = service(server, public_url=PUBLIC)
    call = place(twilio)
    if "ParentCallSid" in fields:
        fields = {**fields, "ParentCallSid": call, "CallSid": "CA" + "9" * 32}
    body, headers = server.report(REPORTS, **fields)
    found = twilio.read(delivery(body, headers), attempt=ATTEMPT)
    assert found == Report(call=call, stage=stage)


def test_report_for_a_port_is_accepted_with_and_without_it(server: FakeTwilio) -> None:
    # Twilio is known to sign either, https://www.twilio.com/docs/usage/security.
    twilio = service(server, public_url="https://desk.example")
    address = f"https://desk.example:443/webhooks/dial-out/{ATTEMPT}"
    body, headers = server.report(address)
    assert twilio.read(delivery(body, headers), attempt=ATTEMPT).stage == "calling_agent"


@pytest.mark.parametrize(
    "change",
    [
        {"token": "another token"},
        {"sign": "x"},
        {"sign": "é" * 28},
        {"url": f"{PUBLIC}/webhooks/dial-out/another-attempt-01"},
        {"url": REPORTS.replace("https", "http")},
        {"extra": b"&CallStatus=busy&More=1"},
        {"extra": b"&x=%ff"},
        {"extra": b"&x=1" * 300},
        {"fields": {"CallSid": "../../x"}},
    ],
)
def test_forged_report_is_refused(server: FakeTwilio, change: dict[str, Any]) -> None:
    twilio = service(server, public_url=PUBLIC)
    place(twilio)
    signing = {name: change[name] for name in ("token", "sign") if name in change}
    body, headers = server.report(change.get("url", REPORTS), **signing, **change.get("fields", {}))
    with pytest.raises(ReportRefused):
        twilio.read(delivery(body + change.get("extra", b""), headers), attempt=ATTEMPT)


def test_unsigned_report_is_refused(server: FakeTwilio) -> None:
    body, _ = server.report(REPORTS)
    with pytest.raises(ReportRefused, match="signature"):
        service(server, public_url=PUBLIC).read(delivery(body, {}), attempt=ATTEMPT)
    with pytest.raises(ReportRefused, match="no reports were asked for"):
        service(server).read(delivery(*server.report(REPORTS)), attempt=ATTEMPT)


@pytest.mark.parametrize(
    ("known", "told", "stands"),
    [
        ("calling_agent", "talking", "talking"),
        ("talking", "calling_customer", "talking"),
        ("busy", "calling_agent", "busy"),
        ("busy", "failed", "busy"),
        ("talking", "unknown", "unknown"),
        ("unknown", "calling_agent", "calling_agent"),
        ("unknown", "answered", "answered"),
    ],
)
def test_call_never_goes_back(known: Any, told: Any, stands: str) -> None:
    assert furthest(known, told) == stands


def test_dialler_is_opened_by_the_settings(tmp_path: Path, server: FakeTwilio) -> None:
    assert open_dialler(tmp_path, {}) is None
    (tmp_path / "endpoints.yml").write_text(
        "dial_out:\n  provider: twilio\n"
        '  account: "${SID}"\n  token: "${TOKEN}"\n  from: "+44 20 7946 0112"\n'
        f"  longest_call: 600\n  url: {server.url}\n  allow_private_network: true\n",
        encoding="utf-8",
    )
    with pytest.raises(ContentError, match=r"dial_out\.account: The environment variable SID"):
        open_dialler(tmp_path, {})
    dialler = open_dialler(tmp_path, {"SID": ACCOUNT, "TOKEN": TOKEN})
    assert dialler is not None
    assert (dialler.name, dialler.longest_call, dialler.calls_back) == ("twilio", 600.0, False)
    dialler.place(agent=AGENT, customer=CUSTOMER, attempt=ATTEMPT)
    assert [form["To"] for form in server.placed] == [AGENT]


def _quotes_nothing(text: str) -> None:
    for secret in (AGENT, AGENT[1:], CUSTOMER[1:], TOKEN, ACCOUNT):
        assert secret not in text, secret
