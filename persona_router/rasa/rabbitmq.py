"""Reads Rasa's events from RabbitMQ into the routing log."""

import asyncio
import logging
import time
from typing import Any, Dict, List, Optional

import aio_pika
from aio_pika.exceptions import AMQPError, AuthenticationError, ProbableAuthenticationError
from rasa.core.brokers.pika import PikaEventBroker, _create_rabbitmq_ssl_options
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from persona_router.log.consumer import Intake
from persona_router.log.writer import LogWriter
from persona_router.rasa.event_queue import QueueFault, chosen_queue

log = logging.getLogger(__name__)
PREFETCH = 500
_BATCH = 200
_TICK_SECONDS = 0.5
_LONGEST_WAIT = 5.0
_REFUSED = (AuthenticationError, ProbableAuthenticationError)


class RabbitMQSource:
    """The queue of an `event_broker` section of type pika, with its connection."""

    def __init__(self, section: EndpointConfig, *, queue: Optional[str] = None) -> None:
        """Raises QueueFault for settings that Rasa would not take either."""
        self.queue = chosen_queue(section.kwargs, queue)
        settings: Dict[str, Any] = {**section.kwargs, "queues": [self.queue]}
        try:
            # Never connected: it knows how Rasa makes an address of the settings.
            loop = asyncio.get_running_loop()
            self._rasa = PikaEventBroker(section.url, **settings, event_loop=loop)
        except (RasaException, TypeError) as error:
            raise QueueFault(f"event_broker: {error}") from error

    async def consume(self, writer: LogWriter, stop: asyncio.Event) -> None:
        """Return when told to stop; a server that goes away is waited for.

        Raises QueueFault where the first server that answers does not let it in.
        """
        wait, said, let_in = 1.0, False, False
        while not stop.is_set():
            try:
                async with await self._connect() as connection:
                    log.info("reading the queue %s", self.queue)
                    wait, said, let_in = 1.0, False, True
                    await self._read(connection, writer, stop)
            except (AMQPError, OSError, RuntimeError, asyncio.TimeoutError) as error:
                if stop.is_set():
                    return
                if isinstance(error, _REFUSED) and not let_in:
                    what = f"{self._rasa.host} does not let '{self._rasa.username}' in"
                    remedy = "Write username and password as the server knows them."
                    raise QueueFault(f"event_broker: {what}. {remedy}") from error
                if not said:
                    log.warning("RabbitMQ cannot be reached (%s); waiting", type(error).__name__)
                said = True
                await _pause(stop, wait)
                wait = min(2 * wait, _LONGEST_WAIT)

    async def _connect(self) -> aio_pika.abc.AbstractConnection:
        rasa = self._rasa
        ssl_options = _create_rabbitmq_ssl_options(rasa.host)
        return await aio_pika.connect(
            url=rasa._configure_url(),
            host=rasa.host,
            port=rasa.port,
            login=rasa.username,
            password=rasa.password,
            ssl=ssl_options is not None,
            ssl_options=ssl_options,
            timeout=10,
        )

    async def _read(self, connection: Any, writer: LogWriter, stop: asyncio.Event) -> None:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        exchange = await channel.declare_exchange(
            self._rasa.exchange_name, type=aio_pika.ExchangeType.FANOUT
        )
        queue = await channel.declare_queue(self.queue, durable=True)
        await queue.bind(exchange, "")
        arrived: asyncio.Queue[Any] = asyncio.Queue()
        # Exclusive: a turn's events go to one reader, in order.
        await queue.consume(arrived.put, exclusive=True)
        intake: Intake[Any] = Intake(writer, stopping=stop.is_set)
        while not stop.is_set():
            batch = await _batch(arrived)
            if channel.is_closed or connection.is_closed:
                raise ConnectionError("the connection was closed")
            bodies = [(message, message.body) for message in batch]
            for message in await asyncio.to_thread(intake.take, bodies, now=time.monotonic()):
                await message.ack()


async def _batch(arrived: "asyncio.Queue[Any]") -> List[Any]:
    """Return what has arrived, after a moment at the latest, when there may be nothing."""
    try:
        batch = [await asyncio.wait_for(arrived.get(), _TICK_SECONDS)]
    except asyncio.TimeoutError:
        return []
    while len(batch) < _BATCH and not arrived.empty():
        batch.append(arrived.get_nowait())
    return batch


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except asyncio.TimeoutError:
        return
