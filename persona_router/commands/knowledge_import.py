"""`persona-router knowledge import`: articles from what a team has, and none lost that are here."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.knowledge.imports.chatwoot import read_chatwoot
from persona_router.knowledge.imports.csv_questions import read_csv
from persona_router.knowledge.imports.files import known_encoding
from persona_router.knowledge.imports.html_pages import read_html_pages
from persona_router.knowledge.imports.plan import Outcome, Plan, PlannedFile, plan_import
from persona_router.knowledge.imports.source import Reading, Skipped, locale_folder
from persona_router.knowledge.imports.writer import write_files
from persona_router.knowledge.imports.zammad import read_zammad

_READERS = {
    "chatwoot": read_chatwoot,
    "zammad": read_zammad,
    "html": read_html_pages,
    "csv": read_csv,
}
_NAMED = 5
"""What is named of everything that is skipped for one reason."""


def run(options: argparse.Namespace) -> int:
    """Write the articles, or say which ones, and return 0; 2, and nothing is written, for faults.

    Raises ContentError for options that mean nothing and for a source without articles.
    """
    plan = _plan(options)
    if plan.faults:
        for line in dict.fromkeys(map(str, plan.faults)):
            print(line, file=sys.stderr)
        return 2
    if not plan.files and not plan.skipped:
        what, remedy = "It holds no articles.", "Name an export with published articles."
        raise ContentError(options.path, "", what, remedy)
    if not options.dry_run:
        write_files(plan.written())
    for line in _report(plan, options.to, dry=options.dry_run):
        print(line)
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    reading = _reading(options)
    try:
        source = _READERS[options.kind](options.path, reading)
    except ContentError as error:
        reading.faults.append(error)
    if reading.faults:
        return Plan(faults=tuple(reading.faults))
    return plan_import(source, options.to, force=options.force)


def _reading(options: argparse.Namespace) -> Reading:
    """Return how the source is to be read. Raises ContentError for an option that means nothing."""
    if options.locale is not None and locale_folder(options.locale) is None:
        what = f"'{options.locale}' is not a locale."
        raise ContentError("--locale", "", what, "Write a BCP 47 tag such as tr or pt-BR.")
    encoding = known_encoding(options.encoding) if options.encoding else ""
    if encoding is None:
        what = f"'{options.encoding}' is no encoding."
        raise ContentError("--encoding", "", what, "Write one such as cp1250, or leave it out.")
    if options.to.exists() and not options.to.is_dir():
        raise ContentError("--to", "", f"{options.to} is no folder.", "Choose another one.")
    return Reading(
        locale=options.locale,
        encoding=encoding,
        at=datetime.now(timezone.utc),
        only_published=options.only_published,
    )


def _report(plan: Plan, folder: Path, *, dry: bool) -> Iterator[str]:
    """Yield what was done, what was not and why, and what is left to do."""
    written = plan.written()
    for file in written:
        yield f"{file.outcome.value:<11} {file.path} ({file.article.title}){_edited(file)}"
    left = [file for file in plan.files if file.outcome in (Outcome.CHANGED, Outcome.FOREIGN)]
    for file in left:
        yield f"{'kept':<11} {file.path}: {file.outcome.value}{_edited(file)}"
    for remark in plan.remarks:
        yield f"{'note':<11} {remark}"
    locales = Counter(file.article.locale for file in written)
    told = ", ".join(f"{locale} {count}" for locale, count in sorted(locales.items()))
    verb = "would be written" if dry else "written"
    yield f"{_articles(len(written))} {verb} to {folder}{f' ({told})' if told else ''}."
    unchanged = len(plan.files) - len(written) - len(left)
    if unchanged:
        yield f"{_articles(unchanged)} unchanged since the last import."
    if left:
        yield f"{_articles(len(left))} kept: the files exist. --force overwrites them."
    yield from _skipped(plan.skipped)
    if plan.undated:
        yield f"{_articles(plan.undated)} without a date: `updated` is that of the imported file."
    yield from _next(written, dry=dry)


def _edited(file: PlannedFile) -> str:
    return ", edited here since the last import" if file.edited else ""


def _skipped(skipped: Sequence[Skipped]) -> Iterator[str]:
    for reason, count in Counter(item.reason for item in skipped).most_common():
        named = [item.what for item in skipped if item.reason == reason][:_NAMED]
        more = f" and {count - len(named)} more" if count > len(named) else ""
        yield f"{count} skipped, {reason}: {'; '.join(named)}{more}."


def _next(written: Sequence[PlannedFile], *, dry: bool) -> Iterator[str]:
    bare = sum(not file.article.tags for file in written)
    aimless = sum(not file.article.intents for file in written)
    if bare or aimless:
        yield (
            f"{bare} without tags, {aimless} without intents: add words that customers use and "
            "the text does not, and the intents that an article answers."
        )
    if written and not dry:
        yield "Next: persona-router check"


def _articles(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"
