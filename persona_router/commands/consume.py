"""`persona-router consume`: writes what Rasa puts into RabbitMQ or Kafka into the log."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog
from persona_router.log.writer import LogWriter


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `consume`."""
    consumed = commands.add_parser("consume", help="write the log from Rasa's RabbitMQ or Kafka")
    consumed.add_argument(
        "--endpoints", type=Path, default=Path("endpoints.yml"), metavar="FILE",
        help="the assistant's; default: %(default)s",
    )  # fmt: skip
    consumed.add_argument("--queue", help="the queue to read where event_broker names several")
    consumed.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Return 0 when told to end, or 2 with one line where nothing can be read or written."""
    # Rasa takes seconds to load, and every command passes here.
    from persona_router.rasa.event_queue import QueueFault, read_event_broker

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    logging.getLogger("persona_router").setLevel(logging.INFO)
    try:
        section = read_event_broker(options.endpoints)
        routing_log = RoutingLog(log_place(), simulated=False)
        try:
            asyncio.run(_consume(section, options.queue, routing_log))
        finally:
            routing_log.close()
    except (QueueFault, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


async def _consume(section: object, queue: str | None, routing_log: RoutingLog) -> None:
    from persona_router.rasa.event_queue import QueueFault, kind_of

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    writer = LogWriter(routing_log)
    try:
        if kind_of(section) == "kafka":
            if queue is not None:
                raise QueueFault(f"--queue: '{queue}'. Kafka has topics; leave the option out.")
            from persona_router.rasa.kafka import KafkaSource

            await KafkaSource(section).consume(writer, stop)
        else:
            from persona_router.rasa.rabbitmq import RabbitMQSource

            await RabbitMQSource(section, queue=queue).consume(writer, stop)
    finally:
        writer.close()
