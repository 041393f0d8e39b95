"""Whether the routing log can be written, before anything is started."""

from pathlib import Path

import pytest

from persona_router.log.store import RoutingLog
from scripts.log_check import log_fault

BROKER = "event_broker: {type: persona_router.rasa.broker.RoutingLogBroker}\n"


@pytest.fixture
def endpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path))
    file = tmp_path / "endpoints.yml"
    file.write_text(BROKER, encoding="utf-8")
    return file


def test_log_that_can_be_written_is_no_fault(endpoints: Path) -> None:
    assert log_fault(endpoints) is None
    assert log_fault(endpoints) is None


def test_log_of_simulated_customers_is_named_with_the_remedy(endpoints: Path) -> None:
    file = endpoints.parent / "routing_log.sqlite"
    RoutingLog(file, simulated=True).close()
    assert log_fault(endpoints) == (
        f"{file} cannot be written into: its conversations are simulated. "
        "Name another state folder."
    )


def test_log_that_is_none_is_named(endpoints: Path) -> None:
    file = endpoints.parent / "routing_log.sqlite"
    file.write_bytes(b"no log" * 1000)
    assert str(file) in str(log_fault(endpoints))


@pytest.mark.parametrize("text", ["", "event_broker: {type: pika}\n", "event_broker: [\n"])
def test_log_of_another_broker_is_not_looked_at(endpoints: Path, text: str) -> None:
    RoutingLog(endpoints.parent / "routing_log.sqlite", simulated=True).close()
    endpoints.write_text(text, encoding="utf-8")
    assert log_fault(endpoints) is None
