"""Faults and warnings of articles: what breaks them for customers, and what authors should mend."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from persona_router.content.articles import ArticleFile
from persona_router.content.articles_language import language_faults
from persona_router.content.articles_links import link_faults
from persona_router.content.articles_placeholders import placeholder_faults
from persona_router.content.articles_translations import translation_warnings
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.nlu_examples import known_intents, read_nlu_examples
from persona_router.content.placeholders import read_placeholders
from persona_router.core.locale import language_of
from persona_router.core.policy import Policy
from persona_router.knowledge.duplicates import Alike, same_titles, same_words


def article_faults(
    project: Path, files: Sequence[ArticleFile], policy: Policy
) -> Iterator[ContentError]:
    """Yield every fault of a project's articles that can be read, `files`, and then warnings."""
    for faults in (
        lambda: link_faults(files, known_intents(project, policy, read_nlu_examples(project))),
        lambda: placeholder_faults(files, read_placeholders(project)),
        lambda: language_faults(files, policy.languages, policy.articles),
    ):
        yield from _caught(faults)
    yield from translation_warnings(
        project / "data" / "knowledge",
        files,
        languages=policy.languages,
        default=language_of(policy.default_locale),
        rules=policy.articles,
    )
    yield from alike_warnings(same_titles(files), "It has the title of {}.")
    yield from alike_warnings(
        same_words(files, policy.articles.same_words), "It shares much of its wording with {}."
    )


def alike_warnings(pairs: Iterable[Alike], what: str) -> Iterator[ContentWarning]:
    """Yield a warning for each group of articles that are alike; `what` says how, of which `{}`."""
    groups: dict[Path, list[str]] = {}
    listed: set[Path] = set()
    for pair in pairs:
        if pair.first.path not in listed:
            share = "" if pair.share == 1 else f" ({pair.share:.0%})"
            groups.setdefault(pair.first.path, []).append(f"{pair.second.path.name}{share}")
            listed.add(pair.second.path)
    for path, others in groups.items():
        remedy = "Merge them, or say in title and first sentence what sets them apart."
        yield ContentWarning(path, "", what.format(", ".join(others)), remedy)


def _caught(faults: Callable[[], Iterator[ContentError]]) -> Iterator[ContentError]:
    try:
        yield from faults()
    except ContentError as error:
        yield error
