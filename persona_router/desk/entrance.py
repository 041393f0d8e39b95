"""Where the desk is found: the options of its address, and the page to begin at."""

import argparse
import os
import time

from persona_router.desk.account_store import AccountStore
from persona_router.handoff.database import Database
from persona_router.state import DEFAULT_STATE, STATE_VARIABLE

WELCOME = "/welcome"


def first_page(database: Database) -> str:
    """Return the path to begin at: a one-time link until somebody administers the desk."""
    code = AccountStore(database).invite_first(now=time.time())
    return f"{WELCOME}?code={code}" if code else "/sign-in"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give the parser the desk's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=5006, help="port to listen on")
    parser.add_argument("--rasa", default="http://localhost:5005", help="address of the assistant")
    parser.add_argument(
        "--state",
        default=os.environ.get(STATE_VARIABLE) or DEFAULT_STATE,
        help="folder with the queue, the accounts and the secrets",
    )
