"""`persona-router check`: every fault of the content, one line each."""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from persona_router.commands.check_articles import article_faults
from persona_router.commands.check_meaning import meaning_warnings
from persona_router.commands.check_texts import text_faults
from persona_router.commands.coverage import coverage_faults
from persona_router.commands.personas_check import known_signals, persona_faults
from persona_router.content.articles import ArticleFile, article_files
from persona_router.content.compared_policy import compared_file, read_compared
from persona_router.content.connectors import ENDPOINTS, connector_faults
from persona_router.content.desk_replies import read_replies
from persona_router.content.dial_out import dial_out_faults
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.lexicons import read_lexicons
from persona_router.content.policies import read_policy
from persona_router.knowledge.postgres_setting import url_faults
from persona_router.log.places import log_url_faults


def run(options: argparse.Namespace) -> int:
    """Print the faults of the assistant in `--project`; return 1 if there are any, else 0.

    Warnings are printed too, and change nothing unless `--strict` makes them faults.
    """
    today = options.at.date() if options.at else date.today()
    cases = options.questions if options.meaning or options.questions else None
    found = list(all_faults(options.project, today=today, meaning=cases))
    warnings = [
        fault for fault in found if isinstance(fault, ContentWarning) and not options.strict
    ]
    for fault in found:
        print(f"Warning: {fault}" if fault in warnings else fault)
    faults = len(found) - len(warnings)
    told = _counted(faults, "fault") if faults else "No faults."
    print(f"{told} ({_counted(len(warnings), 'warning')})" if warnings else told)
    return 1 if faults else 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def all_faults(
    project: Path, *, today: date, meaning: Sequence[Path] | None = None
) -> Iterator[ContentError]:
    """Yield every fault below `project`: desk, policies, cards, examples, phrases, articles, texts.

    With `meaning`, the files of search cases to ask besides, articles are compared by meaning too,
    which takes the sentence encoder and a while.
    """
    data = project / "data"
    yield from connector_faults(project / ENDPOINTS, os.environ)
    yield from dial_out_faults(project / ENDPOINTS, os.environ)
    yield from url_faults(os.environ)
    yield from log_url_faults(os.environ)
    articles = list(article_files(data / "knowledge")) if (data / "knowledge").exists() else []
    yield from (found for found in articles if isinstance(found, ContentError))
    try:
        policy = read_policy(data / "routing.yml")
        signals = known_signals()
    except ContentError as error:
        yield error  # what the other files may name is not known without them
        return
    files = [found for found in articles if isinstance(found, ArticleFile)]
    if files:
        yield from article_faults(project, files, policy)
    if files and meaning is not None:
        yield from meaning_warnings(project, files, policy, meaning)
    yield from persona_faults(project, policy, signals, today=today)
    own = data / "lexicon" if (data / "lexicon").exists() else None
    for language in policy.languages:
        yield from _caught(partial(read_lexicons, [language], own=own))
    yield from text_faults(project, policy)
    yield from _caught(partial(read_replies, project))
    policies = {data / "routing.yml": policy}
    other = compared_file(data / "routing.yml", policy)
    if other is not None:
        try:
            policies[other] = read_compared(other, policy, beside=data / "routing.yml")
        except ContentError as error:
            yield error
    if len(files) == len(articles):  # else what they answer is not known
        sound = [file.article for file in files]
        for place, one in policies.items():
            yield from coverage_faults(project, one, file=place, start=today, articles=sound)


def _caught(read: Callable[[], object]) -> Iterator[ContentError]:
    try:
        read()
    except ContentError as error:
        yield error
