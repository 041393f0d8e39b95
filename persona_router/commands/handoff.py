"""`persona-router handoff`: how the desk does that handoffs go to, and what waits for it."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from persona_router.content.connectors import EMBEDDED, ENDPOINTS, Connector, read_connector
from persona_router.handoff.embedded import EmbeddedDesk
from persona_router.handoff.errands import Health
from persona_router.handoff.outbox import open_outbox
from persona_router.handoff.provider import ProviderError
from persona_router.handoff.queue import QueueUnavailable
from persona_router.handoff.sqlite import open_queue
from persona_router.state import state_file


def run(options: argparse.Namespace) -> int:
    """Print provider, health, webhooks and what waits; return 1 if something is wrong, else 0.

    With `--test` the provider is asked, too. No words of customers are printed.
    """
    connector = read_connector(Path(ENDPOINTS))
    try:
        if options.test and not _tested(connector):
            return 1
        return _told(connector)
    except QueueUnavailable as error:
        print(error, file=sys.stderr)
        return 2


def _told(connector: Connector) -> int:
    url = f" at {connector.settings.url}" if connector.settings else ""
    print(f"provider   {connector.provider}{url}")
    health = Health()
    if connector.provider != EMBEDDED or state_file("outbox.sqlite").exists():
        outbox, now = open_outbox(), time.time()
        health = outbox.health(connector.provider)
        if connector.provider != EMBEDDED:
            for line in _health(health, now):
                print(line)
        for kind, (count, since) in outbox.waiting().items():
            print(f"waiting    {count} × {kind}, the oldest for {max(0.0, now - since):.0f} s")
    print(f"desk       {len(open_queue().waiting())} wait at the embedded desk")
    return 1 if health.is_down(time.time()) or health.fault else 0


def _health(health: Health, now: float) -> Iterator[str]:
    state = "answers, as far as is known"
    if health.failures:
        state = f"failed {health.failures} × since it last answered: {health.error}"
    yield f"state      {state}"
    if health.paused_until > now:
        yield f"           is left alone for another {health.paused_until - now:.0f} s"
    heard = "none came yet"
    if health.heard_at:
        at = datetime.fromtimestamp(health.heard_at, timezone.utc)
        heard = f"the last one came at {at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"webhooks   {heard}; found by asking instead: {health.missed}"
    if health.fault:
        yield f"           {health.fault}"


def _tested(connector: Connector) -> bool:
    # Heavier than everything else that the command loads.
    from persona_router.desk.texts import choose_texts, load_texts
    from persona_router.handoff.connection import make_provider

    texts = load_texts()
    provider = make_provider(
        connector,
        words=lambda locale: choose_texts(texts, locale),
        environment=os.environ,
        embedded=EmbeddedDesk(open_queue()),
    )
    try:
        for line in provider.check():
            print(f"test       {line}")
    except ProviderError as error:
        print(f"test       {error}")
        return False
    return True
