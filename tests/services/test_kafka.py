import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rasa.shared.core.events  # noqa: F401  Rasa's broker needs it and does not load it
from confluent_kafka import Producer
from rasa.core.brokers.kafka import KafkaEventBroker

from persona_router.rasa.kafka import Offsets
from tests.log.test_events import listens, message
from tests.services.consuming import Consumer, until

_TOPIC = "rasa_events"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Producer, str]]:
    """librdkafka's own mock cluster, which lives as long as the client that made it."""
    cluster = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "unused"})
    addresses = [f"{one.host}:{one.port}" for one in cluster.list_topics().brokers.values()]
    yield cluster, ",".join(addresses)
    cluster.flush(5)


@pytest.fixture
def consumer(tmp_path: Path, servers: tuple[Producer, str]) -> Iterator[Consumer]:
    (tmp_path / "endpoints.yml").write_text(
        f"event_broker: {{type: kafka, url: '{servers[1]}', topic: {_TOPIC},"
        " security_protocol: PLAINTEXT, partition_by_sender: true}\n",
        encoding="utf-8",
    )
    made = Consumer(tmp_path)
    yield made
    made.stop()


async def publish(address: str, *events: dict[str, Any]) -> None:
    broker = KafkaEventBroker(
        address, topic=_TOPIC, security_protocol="PLAINTEXT", partition_by_sender=True
    )
    for event in events:
        broker.publish(event)
    await broker.close()
    await asyncio.sleep(0)


async def test_killed_within_a_turn_nothing_is_lost_or_doubled(
    servers: tuple[Producer, str], consumer: Consumer
) -> None:
    cluster, address = servers
    await publish(address, message(), listens(), message(), listens())
    cluster.produce(_TOPIC, b"secret {")
    cluster.flush(5)
    await publish(address, message("c2", "d2"))
    consumer.start()
    until(lambda: consumer.found() == [("d1", 250.0), ("d2", None)])
    consumer.end(signal.SIGKILL)
    await publish(address, listens("c2"))
    consumer.start()
    until(lambda: consumer.found() == [("d1", 250.0), ("d2", 250.0)])
    assert consumer.end() == 0
    assert "a message of 8 bytes is no event of Rasa" in consumer.said
    assert "secret" not in consumer.said


def test_offset_stays_at_the_first_message_that_is_not_done() -> None:
    offsets = Offsets()
    offsets.take([(0, 4), (0, 5), (0, 6), (1, 9)])
    assert offsets.done([(0, 5), (1, 9)]) == {0: 4, 1: 10}
    assert offsets.done([(0, 4), (0, 6)]) == {0: 7}
