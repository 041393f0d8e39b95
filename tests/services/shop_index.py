"""A shop's few articles, and what the tests of the shared index ask of it."""

import dataclasses
import datetime
import hashlib
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from persona_router.content.articles import Article
from persona_router.knowledge.postgres import PostgresPlace
from persona_router.knowledge.search import KnowledgeIndex
from persona_router.knowledge.weights import search_weights

WEIGHTS = search_weights()
WAIT = 15.0


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return a unit vector for each text, made of the beginnings of its words."""
    found = np.full((len(texts), 64), 0.01, dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            found[row, hashlib.sha256(word[:5].encode()).digest()[0] % 64] += 1
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


def article(id_: str, title: str, body: str, locale: str = "de") -> Article:
    return Article(
        id=id_,
        locale=locale,
        title=title,
        updated=datetime.date(2026, 11, 1),
        tags=(),
        intents=("refund_policy",),
        body=body,
    )


SHOP = (
    article("konto", "Konto löschen", "Unter Einstellungen."),
    article("returns", "Rückgabefrist", "Dreißig Tage."),
    article("versand", "Lieferzeit", "Drei Werktage."),
    article("zoll", "Zollgebühren", "Kein Zoll."),
    article("returns", "İade süresi", "Otuz gün.", "tr"),
)
EDITED = (SHOP[0], dataclasses.replace(SHOP[1], body="Vierzig Tage."), *SHOP[2:])


def taken(
    place: PostgresPlace, articles: Sequence[Article], current: KnowledgeIndex | None = None
) -> KnowledgeIndex:
    index = place.take(articles, encode=encode, weights=WEIGHTS, current=current)
    assert index is not None
    return index


def answer(index: KnowledgeIndex | None, query: str) -> str:
    assert index is not None
    [hit] = index.search(query, vector=None, locale="de", limit=1)
    return hit.passage


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.02)
    return False
