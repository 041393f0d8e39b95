"""The desk's words: complete, alike in their placeholders, and with the right plural forms."""

import re
from pathlib import Path

import pytest
from babel import Locale

from persona_router.content.errors import ContentError
from persona_router.content.plugins import load_signals
from persona_router.core.evidence import MEANING
from persona_router.core.signals import registered
from persona_router.desk.texts import DeskTexts, Message, choose_texts, load_texts

TEXTS = load_texts()
SOURCES = Path(__file__).parents[2] / "persona_router" / "desk"


def forms(message: Message) -> dict[str, str]:
    return {"other": message} if isinstance(message, str) else dict(message)


def placeholders(message: Message) -> set[str]:
    return set(re.findall(r"{(\w+)}", forms(message)["other"]))


@pytest.mark.parametrize("locale", sorted(TEXTS))
def test_texts_have_the_same_keys_and_placeholders(locale: str) -> None:
    english, texts = TEXTS["en"].strings, TEXTS[locale].strings
    assert set(texts) == set(english)
    for key, message in texts.items():
        assert placeholders(message) == placeholders(english[key]), key


def test_every_signal_has_a_name() -> None:
    load_signals()
    named = {key.removeprefix("signal.") for key in TEXTS["en"].strings if "signal." in key}
    assert {*registered(), MEANING, "anybody"} <= named


@pytest.mark.parametrize("locale", sorted(TEXTS))
def test_texts_have_every_plural_form_of_the_language(locale: str) -> None:
    needed = {*Locale.parse(locale).plural_form.tags, "other"}
    for key, message in TEXTS[locale].strings.items():
        if not isinstance(message, str):
            assert set(message) == needed, key


@pytest.mark.parametrize("locale", sorted(set(TEXTS) - {"en"}))
def test_texts_are_translated(locale: str) -> None:
    same = {key for key, text in TEXTS[locale].strings.items() if text == TEXTS["en"].strings[key]}
    # Words that several languages share.
    assert same <= {
        "kind.agent", "fact.persona", "sender.bot", "handoff.transcript", "log.filter", "log.no",
        "audit.deed",
    }  # fmt: skip


def test_every_key_that_pages_use_exists() -> None:
    files = [*SOURCES.glob("*.py"), *SOURCES.glob("templates/*.html")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(
        re.findall(
            r'"((?:app|sign_in|error|queue|handoff|fact|time|account|people|operations|presence|welcome|log)\.[a-z_]*[a-z])"',
            source,
        )
    )
    used -= {name for name in used if name.endswith((".html", ".py"))}
    assert len(used) > 50
    assert used <= set(TEXTS["en"].strings)


@pytest.mark.parametrize(
    ("locale", "n", "text"),
    [
        ("en", 1, "1 customer is waiting"),
        ("en", 0, "0 customers are waiting"),
        ("de", 2, "2 Personen warten"),
        ("es", 1, "1 cliente en espera"),
        ("ar", 2, "عميلان في الانتظار"),
        ("ar", 3, "3 عملاء في الانتظار"),
        ("ar", 11, "11 عميلًا في الانتظار"),
        ("ar", 100, "100 عميل في الانتظار"),
    ],
)
def test_plural_form_follows_the_number(locale: str, n: int, text: str) -> None:
    assert TEXTS[locale]("queue.waiting", n=n) == text


@pytest.mark.parametrize(
    ("wanted", "accepted", "locale"),
    [
        (None, "", "en"),
        ("ar", "de", "ar"),
        ("ar-EG", "", "ar"),
        ("xx", "de", "de"),
        ("", "ja;q=0.9, es-419;q=0.8, de;q=0.1", "es"),
        ("", "de;q=oops, AR", "ar"),
        ("../../etc", ",;q=,,", "en"),
    ],
)
def test_language_is_chosen_by_wish_then_browser(
    wanted: str | None, accepted: str, locale: str
) -> None:
    assert choose_texts(TEXTS, wanted, accepted).locale == locale


def test_missing_key_falls_back_to_english_then_to_itself() -> None:
    texts = DeskTexts(locale="de", dir="ltr", strings={}, fallback=TEXTS["en"])
    assert texts("queue.title") == "Queue"
    assert texts("no.such_key") == "no.such_key"
    assert texts.label("reason", "no_such_reason") == "no such reason"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("- a", "is not a mapping"),
        ("locale: [", "cannot be read"),
        ("locale: klingon\ndir: ltr\nstrings: {}", "'klingon' is unknown"),
        ("locale: de\ndir: up\nstrings: {}", "'up' is no direction"),
        ("locale: de\ndir: ltr", "strings: is missing"),
        ("locale: de\ndir: ltr\nstrings: {a: 5}", "strings.a: '5' is no text"),
        ("locale: de\ndir: ltr\nstrings: {a: {one: x}}", "strings.a: "),
    ],
)
def test_faulty_file_is_named_with_place_and_remedy(
    tmp_path: Path, content: str, fault: str
) -> None:
    (tmp_path / "en.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(fault)) as raised:
        load_texts([tmp_path])
    assert str(raised.value).startswith(str(tmp_path / "en.yml"))


def test_missing_fallback_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"'en\.yml' is missing"):
        load_texts([tmp_path])
