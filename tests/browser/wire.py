"""A customer without a browser: the bare protocol of the chat, for what no page would send."""

import json
from itertools import count
from typing import Any

import requests

_PATIENCE = 20.0
_BETWEEN_PACKETS = "\x1e"
_ids = count(1)


class Wire:
    """One connection to the channel, as a stranger to it would open one.

    `heard` are the messages that came in so far, oldest first.
    """

    def __init__(self, origin: str) -> None:
        self._http = requests.Session()
        # No proxy of this machine is to stand between the test and the server.
        self._http.trust_env = False
        self._address = f"{origin}/socket.io/?EIO=4&transport=polling"
        self._packets: list[str] = []
        self._calls = count(1)
        self.heard: list[dict[str, Any]] = []
        self._address += "&sid=" + json.loads(self._await("0{")[1:])["sid"]
        self.send_raw("40")
        self._await("40{")

    def open_session(self, token: object = None) -> dict[str, Any]:
        """Return the server's answer to a customer who arrives."""
        return self.call("session_request", {"token": token, "after": 0})

    def call(self, event: str, data: object) -> dict[str, Any]:
        """Return the server's acknowledgement of an event."""
        number = next(self._calls)
        self.send_raw(f"42{number}{json.dumps([event, data])}")
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

    def send_raw(self, packet: str) -> int:
        """Return the HTTP status after sending what may be no packet of the protocol at all."""
        return self._http.post(self._address, data=packet.encode(), timeout=_PATIENCE).status_code

    def close(self) -> None:
        """End the connection."""
        self.send_raw("1")
        self._http.close()

    def _await(self, beginning: str) -> str:
        """Return the next packet that begins so; messages before it are kept, pings answered."""
        while True:
            while not self._packets:
                received = self._http.get(self._address, timeout=_PATIENCE)
                received.raise_for_status()
                self._packets = received.content.decode().split(_BETWEEN_PACKETS)
            packet = self._packets.pop(0)
            if packet == "2":
                self.send_raw("3")
            if packet.startswith("42"):
                event, data = json.loads(packet[2:])
                if event == "message":
                    self.heard.append(data)
            if packet.startswith(beginning):
                return packet
