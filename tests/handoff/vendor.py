"""A desk elsewhere: an HTTP server that keeps to its contract, unless a test says otherwise."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.handoff.contract import Contract

Answer = tuple[int, Any]


class Vendor:
    """A server on a free port of this machine.

    `troubles` are met first, one by each request: a status, a status with headers, bytes for a
    body, `"silence"` (no answer until the client gives up), `"held"` (carried out, and then no
    answer), `"lost"` (carried out, and the connection dropped) or `"refused"` (dropped before
    anything is done). `always` is met by each request; one whose path holds `broken` gets 500.
    """

    def __init__(self, contract: Contract | None = None) -> None:
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        self.violations: list[str] = []
        self.troubles: list[Any] = []
        self.always: Any = None
        self.broken = ""
        self._contract = contract
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def carry_out(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        """Return status and JSON of the answer; to be written by each vendor."""
        raise NotImplementedError

    def wrote(self, method: str, path: str) -> list[Any]:
        """Return the bodies of the requests to paths that end so."""
        return [b for m, p, _, b in self.requests if m == method and p.split("?")[0].endswith(path)]

    def handle(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Any:
        """Return (status, headers, body), or None for a dropped connection."""
        if self._contract is not None:
            self.violations += self._contract.violations(method, target, headers, raw)
        body = json.loads(raw) if raw else None
        self.requests.append((method, target, headers, body))
        trouble = self.always or (self.troubles.pop(0) if self.troubles else None)
        if trouble == "held":
            self.carry_out(method, target, headers, body)
            self._over.wait(5.0)
            return None
        if self.broken and self.broken in target:
            trouble = 500
        if trouble == "silence":
            self._over.wait(5.0)
            return None
        if trouble == "refused":
            return None
        if isinstance(trouble, int):
            return trouble, {}, {"description": "trouble"}
        if isinstance(trouble, tuple):
            return trouble[0], trouble[1], {"description": "trouble"}
        if isinstance(trouble, bytes):
            return 200, {}, trouble
        status, content = self.carry_out(method, target, headers, body)
        if self._contract is not None and status < 300:
            self.violations += self._contract.answer_violations(method, target, status, content)
        return None if trouble == "lost" else (status, {}, content)


def _handler(vendor: Vendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = vendor.handle(self.command, self.path, headers, raw)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            status, extra, content = answer
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**extra, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *_: object) -> None:
            pass

    return Handler
