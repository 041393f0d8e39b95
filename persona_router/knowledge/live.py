"""The articles of a folder as its files stand now: edits are taken over while customers read."""

import logging
import threading
import time
from pathlib import Path
from weakref import WeakValueDictionary

from persona_router.content.articles import (
    Article,
    ArticleFile,
    FileRead,
    article_files,
    read_article,
)
from persona_router.content.errors import ContentError

log = logging.getLogger(__name__)

SETTLE = 1.0
"""Seconds that a file must be left alone before it is read: who writes it may not be done."""

_Stamp = tuple[int, int, int, int]

_sharing = threading.Lock()
_shared: "WeakValueDictionary[Path, LiveArticles]" = WeakValueDictionary()


def shared_articles(folder: Path) -> "LiveArticles":
    """Return the process's articles of a folder: search and pages show the same.

    A fault is then logged once, not once for each.
    """
    with _sharing:
        path = folder.resolve()
        found = _shared.get(path)
        if found is None:
            found = _shared[path] = LiveArticles(folder)
        return found


class LiveArticles:
    """The articles of a folder, to be asked again and again; safe to share between threads.

    A file that becomes faulty keeps its last sound article, and so do all files while the folder is
    missing; each fault is logged once. What changed less than `settle` seconds ago is left for
    later: a file may be half written, or away only to be written anew.
    """

    def __init__(self, folder: Path, *, settle: float = SETTLE) -> None:
        # The working folder may change while articles are followed.
        self._folder = folder.absolute()
        self._settle = settle
        self._lock = threading.Lock()
        self._seen: dict[Path, _Stamp] | None = None
        self._read: dict[Path, tuple[_Stamp, FileRead]] = {}
        self._sound: dict[Path, Article] = {}
        self._gone: dict[Path, float] = {}
        self._told: frozenset[str] = frozenset()
        self._missing = False
        self._articles: tuple[Article, ...] | None = None

    def current(self, *, patient: bool = True) -> tuple[Article, ...] | None:
        """Return the articles, ordered by locale and id; the same tuple while nothing changes.

        None while the folder has never been there.
        Unless `patient`, what changed a moment ago is taken as it is.
        """
        with self._lock:
            stamps = self._stamps()
            if stamps is None:
                self._miss()
            elif stamps != self._seen:
                self._take(stamps, self._settle if patient else 0.0)
            self._missing = stamps is None
            return self._articles

    def _stamps(self) -> dict[Path, _Stamp] | None:
        """Return what tells each file's content from its others; None without the folder."""
        if not self._folder.is_dir():
            return None
        found = {}
        for pattern in ("*.md", "*/*.md"):
            for path in self._folder.glob(pattern):
                try:
                    status = path.stat()
                except OSError:
                    continue
                times = (status.st_mtime_ns, status.st_ctime_ns)
                found[path] = (*times, status.st_size, status.st_ino)
        return found

    def _take(self, stamps: dict[Path, _Stamp], settle: float) -> None:
        now, waiting = time.time_ns(), False
        known = {path: self._read[path] for path in stamps.keys() & self._read.keys()}

        def read(path: Path, locale: str) -> FileRead:
            nonlocal waiting
            stamp = stamps.get(path)
            if stamp is None:  # it came after the others were stamped
                waiting = True
                return ()
            if path not in known or known[path][0] != stamp:
                # A clock that is behind must not make the wait endless.
                if 0 <= now - max(stamp[:2]) < settle * 1e9:
                    waiting = True
                    return known[path][1] if path in known else ()
                known[path] = (stamp, read_article(path, locale))
            return known[path][1]

        sound: dict[Path, Article] = {}
        faults: list[ContentError] = []
        try:
            for found in article_files(self._folder, read=read):
                if isinstance(found, ArticleFile):
                    sound[found.path] = found.article
                else:
                    faults.append(found)
        except OSError:  # the folder goes away at this very moment
            return
        taken = {(article.locale, article.id) for article in sound.values()}
        leaving = self._leaving(stamps, settle)
        for path, article in self._sound.items():
            stays = path in stamps or path in leaving
            if stays and path not in sound and (article.locale, article.id) not in taken:
                sound[path] = article
        waiting = waiting or bool(leaving)
        self._tell(faults)
        self._read, self._seen = known, None if waiting else stamps
        if sound != self._sound or self._articles is None:
            self._report(sound)
            self._sound = sound
            order = sorted(sound.values(), key=lambda article: (article.locale, article.id))
            self._articles = tuple(order)

    def _leaving(self, stamps: dict[Path, _Stamp], settle: float) -> frozenset[Path]:
        """Return the files that went a moment ago: many editors take one away to write it anew."""
        now = time.monotonic()
        gone = self._sound.keys() - stamps.keys()
        self._gone = {path: self._gone.get(path, now) for path in gone}
        return frozenset(path for path, since in self._gone.items() if now - since < settle)

    def _miss(self) -> None:
        if not self._missing and self._articles is not None:
            log.error("%s is missing; its articles stay as they were", self._folder)
        elif not self._missing:
            log.warning("no articles in %s; the knowledge base finds nothing", self._folder)

    def _tell(self, faults: list[ContentError]) -> None:
        told = frozenset(map(str, faults))
        for fault in faults:
            if str(fault) not in self._told:
                log.error("%s", fault)
        self._told = told

    def _report(self, sound: dict[Path, Article]) -> None:
        if self._sound:
            before, after = self._sound.keys(), sound.keys()
            edited = sum(self._sound[path] != sound[path] for path in before & after)
            counts = (len(after - before), edited, len(before - after))
            log.info("articles: %d new, %d edited, %d removed", *counts)
