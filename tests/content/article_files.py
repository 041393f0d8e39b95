"""Writes small articles for the tests of what `persona-router check` finds in them."""

from pathlib import Path

from persona_router.content.articles import ArticleFile, article_files
from persona_router.content.errors import ContentError


def write_article(
    folder: Path,
    name: str,
    body: str,
    *,
    title: str = "",
    updated: str = "2026-09-14",
    tags: str = "",
    intents: str = "",
) -> Path:
    """Write `<locale>/<slug>.md`; the slug is the id and, without a `title`, that too."""
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    fields = (
        f"id: {path.stem}",
        f'title: "{title or path.stem}"',
        f"updated: {updated}",
        f"tags: [{tags}]",
        f"intents: [{intents}]",
    )
    path.write_text("\n".join(("---", *fields, "---", body)), encoding="utf-8")
    return path


def sound(folder: Path) -> list[ArticleFile]:
    """Return the articles of a folder, all of which must be sound."""
    found = list(article_files(folder))
    assert not [item for item in found if isinstance(item, ContentError)]
    return [item for item in found if isinstance(item, ArticleFile)]
