"""Reads Rasa's events from Kafka into the routing log."""

import asyncio
import logging
import time
from typing import Any, Dict, Iterable, List, Set, Tuple

import confluent_kafka
from rasa.core.brokers.kafka import KafkaEventBroker
from rasa.utils.endpoints import EndpointConfig

from persona_router.log.consumer import Intake
from persona_router.log.writer import LogWriter
from persona_router.rasa.event_queue import QueueFault

log = logging.getLogger(__name__)
GROUP = "persona-router-log"
_BATCH = 200
_TICK_SECONDS = 0.2
_RETRY_SECONDS = 2.0

Place = Tuple[int, int]


class Offsets:
    """How far each partition may be committed: up to its first message that is not done."""

    def __init__(self) -> None:
        self._open: Dict[int, Set[int]] = {}
        self._next: Dict[int, int] = {}

    def take(self, places: Iterable[Place]) -> None:
        """Take partitions and offsets as they were read."""
        for partition, offset in places:
            self._open.setdefault(partition, set()).add(offset)
            self._next[partition] = offset + 1

    def done(self, places: Iterable[Place]) -> Dict[int, int]:
        """Return, by partition, the offset from which a restart has to read."""
        changed = set()
        for partition, offset in places:
            self._open[partition].discard(offset)
            changed.add(partition)
        return {one: min(self._open[one], default=self._next[one]) for one in changed}


class KafkaSource:
    """The topic of an `event_broker` section of type kafka, with its connection."""

    def __init__(self, section: EndpointConfig) -> None:
        """Raises QueueFault for settings that Rasa would not take either."""
        try:
            rasa = KafkaEventBroker(section.url, **section.kwargs)
            settings = rasa._get_kafka_config()
        except (TypeError, ValueError, AttributeError) as error:
            raise QueueFault(f"event_broker: {error}") from error
        if isinstance(section.url, list):
            settings["bootstrap.servers"] = ",".join(section.url)
        if not rasa.partition_by_sender:
            log.warning("set partition_by_sender: true, unless the topic has a single partition")
        self.topic = rasa.topic
        self._away = False
        self._settings = {name: value for name, value in settings.items() if value is not None}
        self._settings.update(
            {
                "error_cb": self._note,
                "group.id": GROUP,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                # So long a killed reader keeps its partitions from the next one.
                "session.timeout.ms": 10_000,
            }
        )

    async def consume(self, writer: LogWriter, stop: asyncio.Event) -> None:
        """Return when told to stop; servers that go away are waited for."""
        await asyncio.to_thread(self._consume, writer, stop)

    def _consume(self, writer: LogWriter, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                consumer = confluent_kafka.Consumer(self._settings)
            except confluent_kafka.KafkaException as error:
                raise QueueFault(f"event_broker: {error.args[0].str()}") from error
            try:
                self._read(consumer, writer, stop)
            except confluent_kafka.KafkaException as error:
                self._note(error.args[0])
                time.sleep(_RETRY_SECONDS)
            finally:
                consumer.close()

    def _read(self, consumer: Any, writer: LogWriter, stop: asyncio.Event) -> None:
        lost: List[bool] = []
        # What another reader gets now is read by it from the last commit on.
        consumer.subscribe([self.topic], on_revoke=lambda *_: lost.append(True))
        intake: Intake[Place] = Intake(writer, stopping=stop.is_set)
        offsets = Offsets()
        while not stop.is_set():
            messages = consumer.consume(num_messages=_BATCH, timeout=_TICK_SECONDS)
            if lost:
                return
            read = []
            for message in messages:
                if message.error():
                    self._note(message.error())
                else:
                    self._away = False
                    place = (message.partition(), message.offset())
                    read.append((place, message.value() or b""))
            offsets.take(place for place, _ in read)
            done = offsets.done(intake.take(read, now=time.monotonic()))
            places = [confluent_kafka.TopicPartition(self.topic, *one) for one in done.items()]
            if places:
                consumer.commit(offsets=places, asynchronous=False)

    def _note(self, error: Any) -> None:
        if not self._away:
            log.warning("Kafka: %s; waiting", error.name())
        self._away = True
