"""Starts the desk beside a running assistant."""

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.types import ASGIApp

from persona_router.content.errors import ContentError
from persona_router.desk.app import create_app
from persona_router.desk.database import open_desk_database
from persona_router.desk.entrance import add_options, first_page
from persona_router.desk.texts import choose_texts, load_texts
from persona_router.handoff.connection import open_connection
from persona_router.handoff.contact import open_contact
from persona_router.handoff.dialling import open_dialler
from persona_router.handoff.queue import QueueUnavailable
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import open_queue
from persona_router.logs import configure
from persona_router.state import STATE_VARIABLE, secret

COOKIE_SECRET = "desk_session"
RASA_TOKEN = "rasa"


def main(argv: Sequence[str]) -> int:
    """Return the exit code after the desk has ended: 0, or 1 with one line on what to do."""
    parser = argparse.ArgumentParser(
        prog="python -m persona_router.desk", description="The desk where agents take over."
    )
    add_options(parser)
    return serve(parser.parse_args(argv))


def serve(options: argparse.Namespace) -> int:
    """Return the exit code after the desk with these options has ended."""
    os.environ[STATE_VARIABLE] = options.state
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        configure()
    except ValueError as error:
        return _failed(str(error))
    if urlsplit(options.rasa).scheme not in ("http", "https"):
        return _failed(f"'{options.rasa}' is no address. Write --rasa http://host:port.")
    try:
        queue, database, texts = open_queue(), open_desk_database(), load_texts()
        rasa = RasaApi(url=options.rasa, token=secret(RASA_TOKEN))
        desk = create_app(
            queue=queue,
            rasa=rasa,
            database=database,
            contact=open_contact(),
            secret=secret(COOKIE_SECRET),
            texts=texts,
            project=Path.cwd(),
            dialler=open_dialler(Path.cwd()),
        )
        connection = open_connection(
            project=Path.cwd(),
            queue=queue,
            rasa=rasa,
            words=lambda locale: choose_texts(texts, locale),
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
    print(f"Desk: {address}{first_page(database)}", flush=True)
    line = desk.state.line
    app: ASGIApp = line.around(connection.around(desk) if connection else desk)
    # No access log: one-time links carry their codes.
    # No websockets: the desk has none, and Rasa's release of the library is too old for uvicorn.
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="none",
        # Streams of events never end by themselves.
        timeout_graceful_shutdown=1,
    )
    # Uvicorn raises Ctrl-C once more when it has ended in good order.
    courier = connection.running() if connection else nullcontext()
    with suppress(KeyboardInterrupt), courier, desk.state.watch.running(), line.running():
        uvicorn.Server(config).run(sockets=[listener])
    return 0


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
