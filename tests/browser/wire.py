"""A customer without a browser: the bare protocol of the chat, for what no page would send."""

import json
from itertools import count
from typing import Any

import simple_websocket

_PATIENCE = 20.0
_ids = count(1)


class Wire:
    """One connection to the channel, as a stranger to it would open one.

    `heard` are the messages that came in so far, oldest first.
    """

    def __init__(self, origin: str) -> None:
        address = origin.replace("http", "ws", 1)
        self._socket = simple_websocket.Client(f"{address}/socket.io/?EIO=4&transport=websocket")
        self.heard: list[dict[str, Any]] = []
        self._calls = count(1)
        self._await("0{")
        self._socket.send("40")
        self._await("40{")

    def open_session(self, token: object = None) -> dict[str, Any]:
        """Return the server's answer to a customer who arrives."""
        return self.call("session_request", {"token": token, "after": 0})

    def call(self, event: str, data: object) -> dict[str, Any]:
        """Return the server's acknowledgement of an event."""
        number = next(self._calls)
        self._socket.send(f"42{number}{json.dumps([event, data])}")
        (answer,) = json.loads(self._await(f"43{number}[")[len(f"43{number}") :])
        return dict(answer)

    def send(self, message: object) -> dict[str, Any]:
        """Return the server's word on a customer's message."""
        return self.call("user_uttered", message)

    def ask(self, text: str, metadata: object) -> dict[str, Any]:
        """Return the first answer to a message that the server takes."""
        known = len(self.answers)
        taken = self.send({"id": f"wire-{next(_ids)}", "text": text, "metadata": metadata})
        assert taken["ok"], taken
        return self.answer(known)

    def answer(self, number: int) -> dict[str, Any]:
        """Return the answer with this number, counted from 0, as soon as it is there."""
        while len(self.answers) <= number:
            self._await("42")
        return self.answers[number]

    @property
    def answers(self) -> list[dict[str, Any]]:
        """All that was said to this customer."""
        return [message for message in self.heard if message["from"] != "customer"]

    def send_raw(self, packet: str) -> None:
        """Send what may be no packet of the protocol at all."""
        self._socket.send(packet)

    def wait_until_closed(self) -> None:
        """Wait until the server ends the connection. Raises AssertionError if it does not."""
        try:
            self._await("the server never says this")
        except simple_websocket.ConnectionClosed:
            return
        raise AssertionError("the connection is still open")

    def close(self) -> None:
        """End the connection."""
        if self._socket.connected:
            self._socket.close()

    def _await(self, beginning: str) -> str:
        """Return the next packet that begins so; messages before it are kept, pings answered."""
        while True:
            packet = self._socket.receive(timeout=_PATIENCE)
            assert packet is not None, f"no '{beginning}' within {_PATIENCE} seconds"
            if packet == "2":
                self._socket.send("3")
            if packet.startswith("42"):
                event, data = json.loads(packet[2:])
                if event == "message":
                    self.heard.append(data)
            if packet.startswith(beginning):
                return str(packet)
