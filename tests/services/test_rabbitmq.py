import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest
import rasa.shared.core.events  # noqa: F401  Rasa's broker needs it and does not load it
from rasa.core.brokers.pika import PikaEventBroker

from tests.log.test_events import listens, message
from tests.services.consuming import Consumer, until

_QUEUE = "rasa_events"


class Server:
    """A RabbitMQ of the test's own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._folder = folder
        (folder / "plugins").write_text("[].", encoding="ascii")
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        self._names_port = str(_free_port())
        self._names: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._names is None:
            # Else RabbitMQ starts Erlang's name server as a daemon, which outlives the tests.
            self._names = subprocess.Popen(["epmd", "-port", self._names_port])
        folder = str(self._folder)
        environment = {
            **os.environ, "HOME": folder, "RABBITMQ_MNESIA_BASE": folder,
            "RABBITMQ_LOG_BASE": folder, "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "ERL_EPMD_PORT": self._names_port, "RABBITMQ_DIST_PORT": str(_free_port()),
        }  # fmt: skip
        program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        with (self._folder / "server.txt").open("ab") as output:
            self._process = subprocess.Popen(
                [program], env=environment, stdout=output, stderr=output, start_new_session=True
            )
        until(self._answers, within=40.0)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=30)

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        if self._names is not None:
            self._names.terminate()
            self._names.wait(timeout=10)

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if shutil.which("rabbitmq-server") is None and not Path("/usr/sbin/rabbitmq-server").exists():
        words = "There is no RabbitMQ to test with: apt-get install rabbitmq-server"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    made = Server(tmp_path_factory.mktemp("rabbitmq"))
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def consumer(tmp_path: Path, server: Server) -> Iterator[Consumer]:
    (tmp_path / "endpoints.yml").write_text(
        f"event_broker: {{type: pika, url: 127.0.0.1, port: {server.port}, username: guest,"
        f" password: guest, queues: [{_QUEUE}]}}\n",
        encoding="utf-8",
    )
    made = Consumer(tmp_path)
    yield made
    made.stop()


async def publish(server: Server, *events: dict[str, Any]) -> None:
    broker = PikaEventBroker("127.0.0.1", "guest", "guest", port=server.port, queues=[_QUEUE])
    await broker.connect()
    for event in events:
        broker.publish(event)
        await asyncio.gather(*broker._background_tasks)
    await broker.close()


async def waiting(server: Server) -> int:
    connection = await aio_pika.connect(host="127.0.0.1", port=server.port)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(_QUEUE, durable=True)
        return int(queue.declaration_result.message_count or 0)


async def test_killed_within_a_turn_nothing_is_lost_or_doubled(
    server: Server, consumer: Consumer
) -> None:
    consumer.start()
    await publish(server, message(), listens(), message(), listens(), message("c2", "d2"))
    until(lambda: consumer.found() == [("d1", 250.0), ("d2", None)])
    consumer.end(signal.SIGKILL)
    await publish(server, listens("c2"))
    consumer.start()
    until(lambda: consumer.found() == [("d1", 250.0), ("d2", 250.0)])
    assert consumer.end() == 0
    assert await waiting(server) == 0


async def test_malformed_message_is_passed_over_and_a_new_server_is_found_again(
    server: Server, consumer: Consumer
) -> None:
    connection = await aio_pika.connect(host="127.0.0.1", port=server.port)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue(_QUEUE, durable=True)
        await channel.default_exchange.publish(aio_pika.Message(b"secret {"), _QUEUE)
    consumer.start()
    await publish(server, message(), listens())
    until(lambda: consumer.found() == [("d1", 250.0)])
    server.stop()
    until(lambda: "cannot be reached" in consumer.said)
    server.start()
    await publish(server, message(id="d3"), listens())
    until(lambda: consumer.found() == [("d1", 250.0), ("d3", 250.0)])
    assert consumer.end(signal.SIGINT) == 0
    assert consumer.said.count("cannot be reached") == 1
    assert "secret" not in consumer.said
    assert await waiting(server) == 0


async def test_wrong_password_is_refused_with_one_line_that_does_not_hold_it(
    server: Server, consumer: Consumer, tmp_path: Path
) -> None:
    endpoints = tmp_path / "endpoints.yml"
    written = endpoints.read_text(encoding="utf-8")
    endpoints.write_text(written.replace("password: guest", "password: hunter2"), encoding="utf-8")
    consumer.start()
    assert consumer.wait() == 2
    assert consumer.said.splitlines()[-1] == (
        "event_broker: 127.0.0.1 does not let 'guest' in. "
        "Write username and password as the server knows them."
    )
    assert "hunter2" not in consumer.said
    assert "Traceback" not in consumer.said
