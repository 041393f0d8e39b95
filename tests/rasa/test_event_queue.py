from pathlib import Path

import pytest

from persona_router.rasa.event_queue import QueueFault, chosen_queue, read_event_broker


def written(folder: Path, section: str) -> Path:
    path = folder / "endpoints.yml"
    path.write_text(section, encoding="utf-8")
    return path


def test_variables_are_filled_in_as_by_rasa(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RABBITMQ_PASSWORD", "open sesame")
    text = "event_broker:\n  type: pika\n  url: rabbit\n  password: ${RABBITMQ_PASSWORD}\n"
    assert read_event_broker(written(tmp_path, text)).kwargs["password"] == "open sesame"


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ("nlg: {type: x}\n", "event_broker is missing. Choose from pika, kafka."),
        (
            "event_broker: {type: sql, url: x}\n",
            "event_broker.type: 'sql' has no queue. Choose from pika, kafka.",
        ),
        (
            "event_broker: {type: pika}\n",
            "event_broker.url is missing. Write the server's address.",
        ),
    ],
)
def test_section_without_a_queue_is_one_line(section: str, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path, section)
    with pytest.raises(QueueFault) as caught:
        read_event_broker(path)
    assert str(caught.value) == f"{path}: {fault}"


def test_queue_is_the_only_one_or_the_one_asked_for() -> None:
    assert chosen_queue({}, None) == "rasa_core_events"
    assert chosen_queue({"queues": "one"}, None) == "one"
    assert chosen_queue({"queues": ["one", "two"]}, "two") == "two"


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (None, "--queue is missing. Choose from one, two."),
        ("six", "--queue: 'six'. Choose from one, two."),
    ],
)
def test_queue_that_is_open_is_asked_for(wanted: str | None, fault: str) -> None:
    with pytest.raises(QueueFault) as caught:
        chosen_queue({"queues": ["one", "two"]}, wanted)
    assert str(caught.value) == fault
