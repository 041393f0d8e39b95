"""Starts the desk beside a running assistant."""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from persona_router.content.errors import ContentError
from persona_router.desk.app import create_app
from persona_router.desk.texts import load_texts
from persona_router.handoff.queue import QueueUnavailable
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import open_queue
from persona_router.state import DEFAULT_STATE, STATE_VARIABLE, secret

ACCESS_KEY = "desk"
COOKIE_SECRET = "desk_session"
RASA_TOKEN = "rasa"


def main(argv: Sequence[str]) -> int:
    """Return the exit code after the desk has ended: 0, or 1 with one line on what to do."""
    options = _options(argv)
    os.environ[STATE_VARIABLE] = options.state
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    if urlsplit(options.rasa).scheme not in ("http", "https"):
        return _failed(f"'{options.rasa}' is no address. Write --rasa http://host:port.")
    try:
        app = create_app(
            queue=open_queue(),
            rasa=RasaApi(url=options.rasa, token=secret(RASA_TOKEN)),
            secret=secret(COOKIE_SECRET),
            key=secret(ACCESS_KEY),
            texts=load_texts(),
            project=Path.cwd(),
        )
        listener = _listener(options.host, options.port)
    except (ContentError, QueueUnavailable) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(
            f"Cannot start on {options.host}:{options.port} with the state folder "
            f"'{options.state}' ({error}). Choose another --port or --state."
        )
    port = listener.getsockname()[1]
    address = f"http://{'localhost' if options.host == '127.0.0.1' else options.host}:{port}"
    print(f"Desk: {address}/sign-in?key={secret(ACCESS_KEY)}", flush=True)
    # No access log: the link above carries the key.
    # No websockets: the desk has none, and Rasa's release of the library is too old for uvicorn.
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", server_header=False, ws="none"
    )
    # Uvicorn raises Ctrl-C once more when it has ended in good order.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m persona_router.desk", description="The desk where agents take over."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5006, help="port to listen on")
    parser.add_argument("--rasa", default="http://localhost:5005", help="address of the assistant")
    parser.add_argument(
        "--state",
        default=os.environ.get(STATE_VARIABLE) or DEFAULT_STATE,
        help="folder with the queue and the secrets",
    )
    return parser.parse_args(argv)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
