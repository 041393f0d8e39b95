"""What an import would write: every file in full and validated, before anything is written."""

import datetime
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from persona_router.content.articles import Article, ArticleFile, article_files, read_article
from persona_router.content.articles_links import link_faults
from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.html_markdown import read_html
from persona_router.knowledge.imports.links import Entry, Links
from persona_router.knowledge.imports.origin import (
    Imported,
    digest,
    file_text,
    imported_files,
)
from persona_router.knowledge.imports.source import Skipped, Source, SourceArticle
from persona_router.knowledge.imports.text import free_slug, slug

_Known = Mapping[tuple[str, str], Imported]


class Outcome(Enum):
    """What becomes of a file."""

    NEW = "new"
    OVERWRITTEN = "overwritten"
    UNCHANGED = "unchanged"
    CHANGED = "changed in the source"
    FOREIGN = "not of this source"


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """A file with its text, what becomes of it, and whether the one that exists was `edited`."""

    path: Path
    text: str
    article: Article
    outcome: Outcome
    edited: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The files of an import, what is left out, lines for the reader, and all faults.

    With faults there are no files. `undated` counts articles whose source tells no date.
    """

    files: tuple[PlannedFile, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = ()
    faults: tuple[ContentError, ...] = ()
    undated: int = 0

    def written(self) -> tuple[PlannedFile, ...]:
        """Return the files that are to be written."""
        return tuple(
            file for file in self.files if file.outcome in (Outcome.NEW, Outcome.OVERWRITTEN)
        )


def plan_import(source: Source, folder: Path, *, force: bool) -> Plan:
    """Return what importing `source` into `folder` would do; files that exist stay unless `force`.

    Of an article that has been imported before, name and id stay, and with `force` also tags and
    intents that were added to it and of which the source has none.
    """
    present = [
        file
        for file in (article_files(folder) if folder.is_dir() else ())
        if isinstance(file, ArticleFile)
    ]
    known = {
        (file.origin.key, file.article.locale): file
        for file in imported_files(present)
        if file.origin.kind == source.kind
    }
    articles = _with_own_groups(source.articles)
    faults: list[ContentError] = []
    skipped = list(source.skipped)
    entries = list(_entries(articles, _ids(source.kind, articles, known), skipped, faults))
    links = Links(entries, source.address)
    files = [_planned(source.kind, entry, links, folder, known, force=force) for entry in entries]
    sound = list(_validated(files, [entry.article for entry in entries], faults))
    if faults:
        return Plan(faults=tuple(faults))
    remarks = [*source.notes, *links.remarks, *_link_remarks(sound, present)]
    return Plan(
        files=tuple(_with_free_ids(files, present)),
        skipped=tuple(skipped),
        remarks=tuple(dict.fromkeys(remarks)),
        undated=sum(entry.article.updated is None for entry in entries),
    )


def _with_own_groups(articles: Sequence[SourceArticle]) -> tuple[SourceArticle, ...]:
    """Return the articles, a second version in a locale as an article of its own."""
    seen: set[tuple[str, str]] = set()
    found = []
    for article in sorted(articles, key=lambda article: not article.primary):
        if (article.group, article.locale) in seen:
            article = replace(article, group=f"{article.group} {article.key} {article.locale}")
        seen.add((article.group, article.locale))
        found.append(article)
    return tuple(found)


def _ids(kind: str, articles: Sequence[SourceArticle], known: _Known) -> Mapping[str, str]:
    """Return an id for each group: the one it has, else of its address or title, each used once."""
    ids: dict[str, str] = {}
    for article in articles:
        earlier = known.get((article.key, article.locale))
        if earlier is not None:
            ids.setdefault(article.group, earlier.article.id)
    taken = {*ids.values(), *(file.article.id for file in known.values())}
    taken.update(file.path.stem for file in known.values())
    for article in articles:
        if article.group not in ids:
            wanted = slug(article.name) or slug(article.title) or f"{kind}-{slug(article.key)}"
            ids[article.group] = free_slug(wanted.rstrip("-"), taken)
            taken.add(ids[article.group])
    return ids


def _entries(
    articles: Sequence[SourceArticle],
    ids: Mapping[str, str],
    skipped: list[Skipped],
    faults: list[ContentError],
) -> Iterator[Entry]:
    for article in articles:
        try:
            text = read_html(article.html, article.title)
        except ValueError as error:
            remedy = "Simplify it in the source."
            faults.append(ContentError(article.file, article.place, str(error), remedy))
            continue
        if text.empty:
            skipped.append(Skipped(what=f"{article.title} ({article.locale})", reason="no text"))
        else:
            yield Entry(article=article, id=ids[article.group], text=text)


def _planned(
    kind: str, entry: Entry, links: Links, folder: Path, known: _Known, *, force: bool
) -> PlannedFile:
    source = entry.article
    hrefs: list[str] = []

    def lead(attributes: Mapping[str, str]) -> str | None:
        hrefs.append(attributes.get("href", ""))
        return links.lead(entry, attributes)

    body = entry.text.markdown(lead)
    parts = [source.title, str(source.updated), *source.tags, *source.intents, *hrefs]
    said = digest("\0".join([*parts, entry.text.plain]))
    earlier = known.get((source.key, source.locale))
    same = earlier is not None and earlier.origin.source == said
    fresh = Article(
        id=entry.id,
        locale=source.locale,
        title=source.title,
        updated=source.updated
        or (earlier.article.updated if earlier and same else _day_of(source)),
        tags=source.tags or (earlier.article.tags if earlier else ()),
        intents=source.intents or (earlier.article.intents if earlier else ()),
        body=body.strip(),
    )
    path = earlier.path if earlier else folder / source.locale / f"{entry.id}.md"
    text = file_text(fresh, kind=kind, key=source.key, url=source.url, source=said)
    if same:
        differs = force and path.read_text(encoding="utf-8-sig") != text
        outcome = Outcome.OVERWRITTEN if differs else Outcome.UNCHANGED
    elif path.exists():
        left = Outcome.CHANGED if earlier else Outcome.FOREIGN
        outcome = Outcome.OVERWRITTEN if force else left
    else:
        outcome = Outcome.NEW
    edited = earlier is not None and earlier.edited
    return PlannedFile(path=path, text=text, article=fresh, outcome=outcome, edited=edited)


def _day_of(source: SourceArticle) -> datetime.date:
    changed = source.file.stat().st_mtime
    return datetime.datetime.fromtimestamp(changed, datetime.timezone.utc).date()


def _validated(
    files: Sequence[PlannedFile],
    owners: Sequence[SourceArticle],
    faults: list[ContentError],
) -> Iterator[ArticleFile]:
    """Yield the files as the knowledge base would read them; their faults name the source."""
    with tempfile.TemporaryDirectory() as place:
        trial = Path(place) / "article.md"
        for file, owner in zip(files, owners, strict=True):
            trial.write_text(file.text, encoding="utf-8")
            found = read_article(trial, file.article.locale)
            if isinstance(found, ArticleFile):
                yield replace(found, path=file.path)
                continue
            for fault in found:
                what = f"As an article, '{owner.title}': {fault.place}: {fault.what}"
                faults.append(ContentError(owner.file, owner.place, what, fault.remedy))


def _link_remarks(files: Sequence[ArticleFile], present: Sequence[ArticleFile]) -> Iterator[str]:
    """Yield what `check` will say of the links of new files."""
    fresh = {file.path for file in files}
    others = [file for file in present if file.path not in fresh]
    for fault in link_faults([*files, *others]):
        if Path(fault.file) in fresh:
            yield f"{fault}"


def _with_free_ids(
    files: Sequence[PlannedFile], present: Sequence[ArticleFile]
) -> Iterator[PlannedFile]:
    """Yield the files; one whose id another file of its locale has is not written."""
    used = {(file.article.locale, file.article.id): file.path for file in present}
    for file in files:
        owner = used.get((file.article.locale, file.article.id), file.path)
        foreign = owner != file.path and file.outcome is Outcome.NEW
        yield replace(file, path=owner, outcome=Outcome.FOREIGN) if foreign else file
