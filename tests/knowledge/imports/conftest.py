"""How exports are read in these tests: in May 2026, and with what they tell of themselves."""

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from persona_router.knowledge.imports.source import Reading, SourceArticle

EXPORTS = Path(__file__).parents[2] / "data" / "imports"
MAY = datetime(2026, 5, 20, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def make_reading() -> Callable[..., Reading]:
    def make(**options: object) -> Reading:
        return Reading(**{"locale": None, "at": MAY, **options})

    return make


@pytest.fixture
def reading(make_reading: Callable[..., Reading]) -> Reading:
    return make_reading()


@pytest.fixture
def make_article(tmp_path: Path) -> Callable[..., SourceArticle]:
    """An article of a source with what a test does not care about filled in."""
    file = tmp_path / "export.json"
    file.write_text("[]", encoding="utf-8")

    def make(key: str, html: str = "<p>Ein Satz.</p>", **fields: object) -> SourceArticle:
        usual = {
            "file": file,
            "place": f"[{key}]",
            "group": key,
            "primary": True,
            "locale": "de",
            "title": f"Titel {key}",
            "updated": MAY.date(),
        }
        return SourceArticle(key=key, html=html, **{**usual, **fields})

    return make
