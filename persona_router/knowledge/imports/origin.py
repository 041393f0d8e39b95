"""Where an imported article comes from, kept in a comment of its front matter.

A comment, because it is of no use to anybody but the next import: that finds the file again under
whatever name, and tells what has changed in the source from what was edited here.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from persona_router.content.articles import Article, ArticleFile

_COMMENT = re.compile(r"(?<=\A---\n)# imported: (\{.*\})\n")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Kind, key and address in the source; hashes of what it said and of the file as written."""

    kind: str
    key: str
    url: str
    source: str
    written: str


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A file of an earlier import, its article, and whether it was `edited` since."""

    path: Path
    article: Article
    origin: Origin
    edited: bool


def imported_files(files: Iterable[ArticleFile]) -> Iterator[Imported]:
    """Yield those of `files` that an import has written."""
    for file in files:
        text = file.path.read_text(encoding="utf-8-sig")
        comment = _COMMENT.search(text)
        if comment is None:
            continue
        try:
            origin = Origin(**json.loads(comment[1]))
        except (ValueError, TypeError):
            continue
        edited = digest(_COMMENT.sub("", text, count=1)) != origin.written
        yield Imported(path=file.path, article=file.article, origin=origin, edited=edited)


def file_text(article: Article, *, kind: str, key: str, url: str, source: str) -> str:
    """Return the file of an article with its origin; `source` is the hash of what was read."""
    fields = [
        f"id: {article.id}",
        f"title: {_quoted(article.title)}",
        f"updated: {article.updated.isoformat()}",
        f"tags: [{', '.join(map(_quoted, article.tags))}]",
        f"intents: [{', '.join(map(_quoted, article.intents))}]",
    ]
    rest = "\n".join([*fields, "---", article.body]) + "\n"
    origin = Origin(kind=kind, key=key, url=url, source=source, written=digest(f"---\n{rest}"))
    # Only ASCII: other letters may end a line in YAML, and with it the comment.
    return f"---\n# imported: {json.dumps(asdict(origin))}\n{rest}"


def digest(text: str) -> str:
    """Return a short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _quoted(value: object) -> str:
    # JSON is YAML too; escapes would make other scripts unreadable.
    return json.dumps(value, ensure_ascii=False)
