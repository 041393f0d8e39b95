"""What machines see of the desk: numbers with a token, health without, and nothing else."""

from typing import Any

import pytest

from persona_router.desk.care import Care
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.queue import HandoffRequest
from tests.desk.conftest import Agent, Desk

TOKEN = "eins-zwei-drei"


@pytest.fixture
def scraped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the metrics on."""
    monkeypatch.setenv("PERSONA_ROUTER_METRICS_TOKEN", TOKEN)


def scrape(desk: Desk, token: str = TOKEN) -> Any:
    return desk.visitor().get("/metrics", authorization=f"Bearer {token}")


def numbers(desk: Desk) -> dict[str, float]:
    """Return the samples by name with labels."""
    lines = scrape(desk).text.splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def test_metrics_are_off_without_a_token_in_the_environment(
    desk: Desk, amira: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PERSONA_ROUTER_METRICS_TOKEN", raising=False)
    assert scrape(desk).status_code == 404
    assert amira.get("/metrics").status_code == 404


@pytest.mark.usefixtures("scraped")
def test_metrics_want_the_token_even_of_people_who_are_signed_in(desk: Desk, amira: Agent) -> None:
    assert scrape(desk, "vier").status_code == 401
    refused = amira.get("/metrics")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.usefixtures("scraped")
def test_empty_desk_is_told_in_zeros(desk: Desk) -> None:
    assert numbers(desk) == {
        "persona_router_desk_readable": 1.0,
        'persona_router_handoffs_waiting{kind="agent"}': 0.0,
        'persona_router_handoffs_waiting{kind="callback"}': 0.0,
        'persona_router_handoffs_oldest_wait_seconds{kind="agent"}': 0.0,
        'persona_router_handoffs_oldest_wait_seconds{kind="callback"}': 0.0,
        "persona_router_agents_online": 0.0,
        "persona_router_outbox_oldest_seconds": 0.0,
    }


@pytest.mark.usefixtures("scraped")
def test_waiting_handoffs_and_the_oldest_wait_are_told_by_kind(desk: Desk) -> None:
    now = desk.clock()
    desk.ask("c1", requested_at=now - 300)
    desk.ask("c2", requested_at=now - 90)
    desk.ask("c3", kind="callback", requested_at=now - 1000)
    taken = desk.ask("c4", requested_at=now - 5000)
    desk.queue.claim(taken.id, "amira")
    found = numbers(desk)
    assert found['persona_router_handoffs_waiting{kind="agent"}'] == 2.0
    assert found['persona_router_handoffs_waiting{kind="callback"}'] == 1.0
    oldest = 'persona_router_handoffs_oldest_wait_seconds{kind="%s"}'
    assert found[oldest % "agent"] == pytest.approx(300, abs=5)
    assert found[oldest % "callback"] == pytest.approx(1000, abs=5)


@pytest.mark.usefixtures("scraped")
def test_snoozed_handoff_waits_but_is_not_the_oldest(desk: Desk) -> None:
    now = desk.clock()
    snoozed = desk.ask("c1", requested_at=now - 3000)
    desk.ask("c2", requested_at=now - 60)
    desk.care.keep(snoozed.id, Care(snoozed_until=now + 600))
    found = numbers(desk)
    assert found['persona_router_handoffs_waiting{kind="agent"}'] == 2.0
    oldest = found['persona_router_handoffs_oldest_wait_seconds{kind="agent"}']
    assert oldest == pytest.approx(60, abs=5)


@pytest.mark.usefixtures("scraped")
def test_only_agents_who_are_there_are_online(desk: Desk) -> None:
    desk.hire("amira")
    desk.hire("zoe")
    desk.hire("ola", roles="operations")
    now = desk.clock()
    desk.accounts.present("amira", now=now, available=True)
    desk.accounts.present("zoe", now=now - 3600, available=True)
    desk.accounts.present("ola", now=now, available=True)
    assert numbers(desk)["persona_router_agents_online"] == 1.0


@pytest.mark.usefixtures("scraped")
def test_outbox_is_told_by_kind_without_being_made(desk: Desk) -> None:
    path = desk.queue.path.with_name("outbox.sqlite")
    numbers(desk)
    assert not path.exists()
    request = HandoffRequest(
        conversation="c9", kind="agent", reason="wish_agent", language="pl", locale="pl",
        output_channel="website", requested_at=1.0,
    )  # fmt: skip
    Outbox(path, clock=lambda: desk.clock() - 120).open(request, "zammad")
    found = numbers(desk)
    assert found['persona_router_outbox_entries{kind="open"}'] == 1.0
    assert found["persona_router_outbox_oldest_seconds"] == pytest.approx(120, abs=5)


@pytest.mark.usefixtures("scraped")
def test_desk_that_cannot_be_read_says_so_and_guesses_nothing(desk: Desk) -> None:
    desk.queue.path.write_bytes(b"garbage " * 1000)
    assert numbers(desk) == {"persona_router_desk_readable": 0.0}


@pytest.mark.usefixtures("scraped")
def test_metrics_hold_nothing_of_customers_or_agents(desk: Desk, amira: Agent) -> None:
    handoff = desk.ask("kunde-4711", phone_number="+4930123456")
    text = scrape(desk).text
    for private in ("kunde-4711", "4930123456", "PAKET", "amira", "Amira", handoff.id):
        assert private not in text


def test_health_needs_neither_session_nor_token(desk: Desk) -> None:
    for path in ("/health", "/health/live"):
        answer = desk.visitor().get(path)
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
    answer = desk.visitor().get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "checks": {"queue": "ok", "desk": "ok", "content": "ok"}},
    )


@pytest.mark.parametrize("check", ["queue", "desk"])
def test_desk_is_not_ready_without_its_files_but_lives(desk: Desk, check: str) -> None:
    folder = desk.queue.path.parent
    {"queue": desk.queue.path, "desk": folder / "desk.sqlite"}[check].write_bytes(b"garbage " * 999)
    answer = desk.visitor().get("/health/ready")
    checks = {"queue": "ok", "desk": "ok", "content": "ok", check: "failed"}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": checks})
    assert str(folder) not in answer.text
    assert desk.visitor().get("/health/live").status_code == 200


@pytest.mark.parametrize("path", ["/health/", "/health/ready/x", "/metrics/", "/metricsx"])
def test_gate_lets_nothing_else_through(desk: Desk, path: str) -> None:
    assert desk.visitor().client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_machines_paths_are_for_reading_only(desk: Desk, path: str) -> None:
    answer = desk.visitor().client.post(path, headers={"origin": "http://testserver"})
    assert answer.status_code == 405
