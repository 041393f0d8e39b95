from pathlib import Path

import pytest

from persona_router.content.assistant import Assistant, read_assistant
from persona_router.content.errors import ContentError
from persona_router.core.lexicon import Lexicon


@pytest.fixture(scope="module")
def starter() -> Assistant:
    return read_assistant()


def test_assistant_of_the_starter_content_is_complete(starter: Assistant) -> None:
    assert starter.policy.version.startswith("starter+")
    assert [persona.id for persona in starter.personas] == ["researcher", "sprinter", "talker"]
    assert set(starter.lexicons) == {"en", "de", "es", "ar"}


def test_lexicon_of_a_locale_is_its_languages(starter: Assistant) -> None:
    assert starter.lexicon("de-AT").language == "de"
    assert starter.lexicon("ar").language == "ar"


def test_lexicon_of_an_unknown_language_is_empty(starter: Assistant) -> None:
    assert starter.lexicon("hu-HU") == Lexicon(language="hu")


def test_own_phrases_are_added_to_the_packaged_ones(tmp_path: Path) -> None:
    (tmp_path / "de.yml").write_text("phrases: {wish_person: [gschichtenerzähler*]}\n", "utf-8")
    lexicon = read_assistant(lexicon=tmp_path).lexicon("de-DE")
    assert lexicon.says("wish_person", "wo ist der gschichtenerzahler")


@pytest.mark.parametrize("missing", ["policy", "personas"])
def test_assistant_names_what_is_missing(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_assistant(**{missing: tmp_path / "nowhere"})
    assert str(caught.value).startswith(f"{tmp_path / 'nowhere'}: ")
