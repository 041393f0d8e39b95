"""Measure the pages of the routing log and its figures as it grows, over generated decisions.

    python -m bench.log [--postgres URL] [DECISIONS …]

DECISIONS are sizes of the log, 100000 and 1000000 unless given; 10000000 takes half an hour and
20 GB of the temporary folder. Intents, languages and personas are as frequent as words are, over a
year; a row is as long as those of the sample. All but the last decisions are filled in at once,
those beyond a million as copies with other times, ids and measures; the last 50,000 are added as
the consumer adds them, 500 in a transaction, which tells how many can be added in a second at that
size. Prints a table, in milliseconds: of pages the median of several, and over all of them the 95th
percentile. Writes bench/results/<time>.json. With --postgres the same is measured in
an empty database besides, which is left empty.
"""

import argparse
import datetime
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bench.log_filling import MOST_MADE, fill
from bench.report import write
from persona_router.log.figures import FiguresReader
from persona_router.log.filters import read_filter
from persona_router.log.places import LogPlace
from persona_router.log.reader import LogReader
from persona_router.log.span import Span
from persona_router.log.sqlite import FilePlace
from persona_router.log.store import RoutingLog

_SIZES = (100_000, 1_000_000)
_BATCH = 500
_ADDED_LAST = 50_000
_REPEATED = 5
_YEAR = 365 * 24 * 3600
_LANGUAGES = ("en", "de", "es", "fr", "ar", "tr", "it", "pl", "nl", "pt")
_INTENTS = tuple(f"intent_{number:02}" for number in range(30))
_ROUTES = ("knowledge_base", "self_service", "agent", "phone")
_PERSONAS = ("persona_a", "persona_b", "persona_c")
_PAGES = {
    "all": "",
    "last week": "since=2026-12-24",
    "one language": "language=de",
    "one day": "since=2026-06-01&until=2026-06-01",
    "an early model": "model=model_1&route=phone",
    "how an id begins": "q=1a05a43f",
    "undecided, to an agent": "persona=-&route=agent",
    "a rare choice": "language=pt&intent=intent_29&failed=1",
    "half certain": "confidence=25-50&confidence=50-75",
    "words": "q=intent_07 phone",
    "least certain first": "sort=intent_confidence",
    "slowest of a language": "sort=-latency_ms&language=ar",
}
_FIGURES = {"figures of four weeks": 28, "figures of a year": 365}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and return 0."""
    parser = argparse.ArgumentParser(prog="bench.log")
    parser.add_argument("sizes", nargs="*", type=int, default=_SIZES, metavar="DECISIONS")
    parser.add_argument("--postgres", metavar="URL", help="an empty database to measure besides")
    options = parser.parse_args(arguments)
    figures = {}
    for size in options.sizes:
        with _file() as (place, length):
            figures[f"{size:,}"] = _measure(place, size, length)
        if options.postgres:
            with _schema(options.postgres) as (place, length):
                figures[f"{size:,} pg"] = _measure(place, size, length)
    print(f"\n{'page':24}" + "".join(f"{size:>14}" for size in figures))
    others = ("95th percentile", *_FIGURES, "added_per_second", "megabytes", "profiles")
    for name in ("first page", *_PAGES, *others):
        print(f"{name:24}" + "".join(f"{found[name]:>14,}" for found in figures.values()))
    print(f"\nwritten to {write({'routing_log': figures}, Path('bench/results'))}")
    return 0


def _measure(place: LogPlace, size: int, length: Callable[[], int]) -> dict[str, float]:
    added, started = min(size, _ADDED_LAST), time.perf_counter()
    earlier = size - added
    share = earlier / size
    if isinstance(place, FilePlace):
        made = _rows(min(earlier, MOST_MADE), 0.0, share)
        fill(place.path, made, earlier, seconds=_YEAR * share)
    log = RoutingLog(place)
    if not isinstance(place, FilePlace):
        rows = _rows(earlier, 0.0, share)
        while batch := list(itertools.islice(rows, 10 * _BATCH)):
            log.add_all(batch)
    rows, waited = _rows(added, share, 1.0), 0.0
    while batch := list(itertools.islice(rows, _BATCH)):
        before = time.perf_counter()
        log.add_all(batch)
        waited += time.perf_counter() - before
    print(f"{size:,} decisions in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    log.close()
    reader = LogReader(place)
    found: dict[str, float] = {"first page": _page(reader, "", times=1)[0]}
    pages = {name: _page(reader, query) for name, query in _PAGES.items()}
    found.update((name, sorted(taken)[len(taken) // 2]) for name, taken in pages.items())
    every = [milliseconds for taken in pages.values() for milliseconds in taken]
    found["95th percentile"] = sorted(every)[int(0.95 * len(every))]
    found.update((name, _figures(place, days)) for name, days in _FIGURES.items())
    found["added_per_second"] = round(added / waited)
    found["megabytes"] = round(length() / 1e6)
    found["profiles"] = _profiles(place)
    return found


@contextmanager
def _file() -> Iterator[tuple[LogPlace, Callable[[], int]]]:
    """Give a log in a file of its own, and what tells its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite"
        yield FilePlace(path), lambda: path.stat().st_size


@contextmanager
def _schema(url: str) -> Iterator[tuple[LogPlace, Callable[[], int]]]:
    """Give a log in a database that has none, and what tells its bytes; it is dropped at the end.

    Raises SystemExit for a database with a log.
    """
    import psycopg2

    from persona_router.log.postgres_place import ServerPlace

    place = ServerPlace(url, variable="--postgres")
    if place.begun():
        raise SystemExit("--postgres: There is a routing log in this database. Name an empty one.")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True

        def length() -> int:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

        try:
            yield place, length
        finally:
            cursor.execute("DROP SCHEMA IF EXISTS routing_log CASCADE")


def _page(reader: LogReader, query: str, *, times: int = _REPEATED) -> list[int]:
    """Return the milliseconds that counts and rows of a page took, each time."""
    pairs = parse_qsl(query)
    sort = dict(pairs).get("sort", "-at")
    filter = read_filter(pairs)
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        counts = reader.counts(filter)
        reader.page(filter, sort=sort, total=counts.total)
        taken.append(round(1000 * (time.perf_counter() - started)))
    return taken


def _figures(place: LogPlace, days: int) -> float:
    """Return the median milliseconds in which the figures of the last days are counted."""
    last = datetime.date(2026, 12, 31)
    span = Span(last - datetime.timedelta(days=days - 1), last)
    reader, taken = FiguresReader(place, unrecognised=_INTENTS[-1:]), []
    for _ in range(_REPEATED):
        started = time.perf_counter()
        reader.read(span, now=span.until)
        taken.append(1000 * (time.perf_counter() - started))
    return round(sorted(taken)[_REPEATED // 2])


def _profiles(place: LogPlace) -> int:
    with place.reading() as database:
        return int(database.execute("SELECT count(*) FROM profile").fetchone()[0])


def _rows(size: int, since: float, until: float) -> Iterator[dict[str, Any]]:
    """Yield so many decisions between two shares of the year."""
    chance = random.Random(f"{since}")
    end = datetime.datetime(2026, 12, 31, tzinfo=datetime.timezone.utc).timestamp()
    for number in range(size):
        intent, language = _zipf(chance, _INTENTS), _zipf(chance, _LANGUAGES)
        persona = chance.choice((*_PERSONAS, None))
        usual = _ROUTES[
            (_PERSONAS.index(persona) + _INTENTS.index(intent) if persona else 0) % len(_ROUTES)
        ]
        route = usual if chance.random() < 0.8 else chance.choice(_ROUTES)
        stated = chance.choice(_ROUTES) if chance.random() < 0.1 else None
        read = route == "knowledge_base"
        place = since + (until - since) * number / size
        at = end - _YEAR * (1 - place)
        if number % 4 == 0:
            conversation = f"{chance.getrandbits(128):032x}"
        yield {
            "id": f"{int(1000 * (at - 60 * chance.random())):011x}{chance.getrandbits(52):013x}",
            "at": at, "conversation": conversation, "turn": number % 4 + 1, "channel": "website",
            "locale": language, "language": language, "language_confidence": 0.99,
            "intent": intent, "intent_confidence": round(chance.random(), 3), "concern": intent,
            "route": route, "plan": [f"utter_{intent}"], "persona": persona,
            "posterior": dict.fromkeys(_PERSONAS, 0.3333),
            "evidence": [
                {"signal": f"signal_{n}", "value": 0.5, "decibans": dict.fromkeys(_PERSONAS, 1.234)}
                for n in range(6)
            ],
            "signals": {f"signal_{n}": 0.5 for n in range(12)},
            "reasons": [{"code": "persona" if persona else "neutral", "values": {}}],
            "constraints": [], "alternatives": list(_ROUTES), "closed": [],
            "article": f"article_{_INTENTS.index(intent) % 20}" if read else None,
            "article_locale": language if read else None, "article_score": 0.5,
            "translation_demand": int(read and chance.random() < 0.05),
            "failed": int(chance.random() < 0.002), "policy_version": f"{int(6 * place)}+abc",
            "propensity": 1.0, "model": f"model_{int(12 * place)}", "stated_route": stated,
            "inferred_route": route, "corrected": 0, "inferred_persona": persona,
            "spoken": None, "state": {"turns": 1, "told": 1, "decibans": {}},
            "latency_ms": round(chance.lognormvariate(3, 0.5), 1),
        }  # fmt: skip


def _zipf(chance: random.Random, values: Sequence[str]) -> str:
    return chance.choices(values, [1 / place for place in range(1, len(values) + 1)])[0]


if __name__ == "__main__":
    sys.exit(main())
