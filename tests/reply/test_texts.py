from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.reply.texts import LocaleTexts, Response, Texts, fill, read_texts


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / f"{name}.yml").write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        pytest.param("Hallo {name}!", {"name": "Zoë"}, "Hallo Zoë!", id="one"),
        pytest.param("{a}{b}{a}", {"a": 1, "b": None}, "11", id="none-is-nothing"),
        pytest.param("{who} fehlt", {}, "{who} fehlt", id="unknown-stays"),
        pytest.param("{a}", {"a": "{b}", "b": "secret"}, "{b}", id="values-are-not-read-again"),
        pytest.param("{b} {a}", {"a": "{b}", "b": "x"}, "x {b}", id="in-any-order"),
        pytest.param("{a.__class__} {0} {}", {"a": 1}, "{a.__class__} {0} {}", id="no-evaluation"),
        pytest.param("{a!r:>9}", {"a": 1}, "{a!r:>9}", id="no-format"),
        pytest.param("{{a}}", {"a": "x"}, "{x}", id="braces-around"),
        pytest.param("\\1 {a}", {"a": "\\g<0>"}, "\\1 \\g<0>", id="no-regex"),
        pytest.param("رقم {رقم}", {"رقم": "٧"}, "رقم ٧", id="ar"),
    ],
)
def test_fill_puts_values_in_once(text, values, filled) -> None:
    assert fill(text, values) == filled


def test_response_comes_from_the_first_locale_that_has_it() -> None:
    texts = Texts(
        {
            "de": LocaleTexts({"utter_greet": Response("Guten Tag")}),
            "en": LocaleTexts({"utter_greet": Response("Hello"), "utter_bye": Response("Bye")}),
        }
    )
    chain = ("de-AT", "de", "en")
    assert texts.response("utter_greet", chain) == ("de", Response("Guten Tag"))
    assert texts.response("utter_bye", chain) == ("en", Response("Bye"))
    assert texts.response("utter_none", chain) is None
    assert texts.response("utter_greet", ()) is None


def test_phrase_is_filled_in_the_first_locale_that_has_it() -> None:
    texts = Texts(
        {
            "ar": LocaleTexts(phrases={"opens": "يفتح {when}"}),
            "en": LocaleTexts(phrases={"opens": "opens {when}", "other": "x"}),
        }
    )
    assert texts.phrase("opens", ("ar", "en"), when="غدًا") == "يفتح غدًا"
    assert texts.phrase("other", ("ar", "en")) == "x"
    assert texts.phrase("missing", ("ar", "en")) is None


def test_read_texts_lets_an_earlier_folder_win_key_by_key(tmp_path: Path) -> None:
    own = folder(
        tmp_path / "own",
        de="texts: {utter_a: {text: Eigenes}}\nphrases: {p: eigen}\n",
        pt_br="texts: {utter_a: {text: Olá}}\n",
    )
    packaged = folder(
        tmp_path / "packaged",
        de="texts: {utter_a: {text: Fremdes}, utter_b: {text: B}}\nphrases: {p: fremd, q: Q}\n",
    )
    texts = read_texts([own, packaged])
    assert texts.locales["de"] == LocaleTexts(
        {"utter_a": Response("Eigenes"), "utter_b": Response("B")}, {"p": "eigen", "q": "Q"}
    )
    assert texts.response("utter_a", ("pt-BR",)) == ("pt-BR", Response("Olá"))


def test_read_texts_reads_buttons(tmp_path: Path) -> None:
    content = """texts:
  utter_offer:
    text: "¿Le conecto?"
    buttons:
      - {title: "Sí", payload: "route:agent"}
"""
    texts = read_texts([folder(tmp_path / "own", es=content)])
    assert texts.response("utter_offer", ("es",)) == (
        "es",
        Response("¿Le conecto?", ({"title": "Sí", "payload": "route:agent"},)),
    )


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("de", "responses: {}", "responses: Unknown key 'responses'. Known: texts, phrases."),
        ("de", "texts: {utter_a: Hallo}",
         "texts.utter_a: 'Hallo' is not a mapping. Write a mapping here."),
        ("de", "texts: {utter_a: {buttons: []}}",
         "texts.utter_a.text: It is missing. Write text here."),
        ("de", "texts: {utter_a: {text: Hallo, buttons: [{title: Ja}]}}",
         "texts.utter_a.buttons[1].payload: It is missing. Write text here."),
        ("de", "texts: {utter_a: {text: Hallo, image: x}}",
         "texts.utter_a.image: Unknown key 'image'. Known: text, buttons."),
        ("de", "phrases: {yes: 1}", "phrases.True: '1' is not text. Write text here."),
        ("german", "texts: {}",
         "'german' is no locale. Name the file after a BCP 47 tag, such as de.yml or pt-BR.yml."),
    ],
)  # fmt: skip
def test_read_texts_names_the_fault(tmp_path: Path, name: str, content: str, text: str) -> None:
    own = folder(tmp_path / "own", **{name: content})
    with pytest.raises(ContentError) as caught:
        read_texts([own])
    assert str(caught.value) == f"{own / name}.yml: {text}"


def test_read_texts_of_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert read_texts([folder(tmp_path / "own")]).locales == {}
