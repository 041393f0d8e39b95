"""A small HTTP server that keeps conversations as Rasa's HTTP API does."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "right token"


class FakeRasa:
    """A Rasa server on a free port of this machine, with its conversations in plain sight.

    `status` other than 200 is the answer to everything; `delay` seconds pass before each answer;
    `deaf` carries requests out and then drops the connection; `raw` replaces the answer's body.
    """

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.status = 200
        self.delay = 0.0
        self.deaf = False
        self.raw: bytes | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, conversation: str, text: str, *, event: str = "user") -> None:
        self.append(conversation, {"event": event, "text": text})

    def status_slot(self, conversation: str, value: str | None) -> None:
        self.append(conversation, {"event": "slot", "name": "handoff_status", "value": value})

    def append(self, conversation: str, event: dict[str, Any]) -> None:
        stamped = {"timestamp": time.time(), "metadata": {}, **event}
        self.events.setdefault(conversation, []).append(stamped)

    def posted(self) -> list[tuple[str, str, dict[str, str], Any]]:
        return [request for request in self.requests if request[0] == "POST"]

    def slots(self, conversation: str) -> dict[str, Any]:
        slots: dict[str, Any] = {"handoff_status": None}
        for event in self.events.get(conversation, []):
            if event["event"] == "slot":
                slots[event["name"]] = event["value"]
        return slots

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(rasa: FakeRasa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._answer(json.loads(self.rfile.read(length)))

        def _answer(self, body: Any) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            rasa.requests.append((self.command, parts.path, query, body))
            time.sleep(rasa.delay)
            conversation = parts.path.split("/")[2]
            if query.get("token") != TOKEN:
                return self._write(401, {"status": "failure", "reason": "NotAuthenticated"})
            if rasa.status != 200:
                return self._write(rasa.status, {"status": "failure"})
            for event in body or []:
                rasa.append(conversation, event)
            if rasa.deaf:
                self.close_connection = True
                return self.connection.close()
            state = {
                "sender_id": conversation,
                "slots": rasa.slots(conversation),
                "events": rasa.events.get(conversation, []),
            }
            return self._write(200, state)

        def _write(self, status: int, content: Any) -> None:
            body = rasa.raw if rasa.raw is not None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
