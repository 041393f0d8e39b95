"""Links of articles: what leads nowhere is named with its line and a remedy."""

from pathlib import Path

import pytest

from persona_router.content.articles_links import link_faults
from tests.content.article_files import sound, write_article


def faults(folder: Path, intents: set[str] | None = None) -> list[tuple[str, str]]:
    return [(fault.place, fault.what) for fault in link_faults(sound(folder), intents)]


def test_links_must_lead_to_an_article_of_their_locale(tmp_path: Path) -> None:
    body = (
        "[gut](b.md) [Teil](b.md#frist) [englisch](../en/c.md) [außen](https://shop.example)\n\n"
        "[weg](c.md) `[kein](link.md)`\n[weg](../en/b.md)"
    )
    write_article(tmp_path, "de/a", body)
    write_article(tmp_path, "de/b", "## Frist\nDreißig Tage.")
    write_article(tmp_path, "en/c", "Text.")
    assert faults(tmp_path) == [
        ("line 10", "Link 'c.md' leads nowhere."),
        ("line 11", "Link '../en/b.md' leads nowhere."),
    ]


def test_links_must_lead_to_a_heading_that_is_there(tmp_path: Path) -> None:
    body = (
        "[oben](#wer-zahlt) [unten](#wer-zahlt-1) [weg](#wer-zahlt-2)\n\n"
        "## Wer zahlt?\nSie.\n\n## Wer zahlt?\nWir.\n\n[Pénztár](b.md#متى-يصل) [weg](b.md#متى)"
    )
    write_article(tmp_path, "de/a", body)
    write_article(tmp_path, "de/b", "## متى يصل؟\nText.")
    found = list(link_faults(sound(tmp_path)))
    assert [(fault.place, fault.what) for fault in found] == [
        ("line 8", "Link '#wer-zahlt-2' leads to no heading of a.md."),
        ("line 16", "Link 'b.md#متى' leads to no heading of b.md."),
    ]
    assert found[0].remedy == "Its headings: #wer-zahlt, #wer-zahlt-1."


def test_heading_links_are_those_of_the_page(tmp_path: Path) -> None:
    from persona_router.knowledge.pages import render_article

    headings = ("**Wie** lange?", "`Code` & mehr", "¿Y después?", "Çok mu sürer?", "Çok mu sürer?")
    body = "\n\n".join(f"## {heading}\nText." for heading in headings)
    anchors = ("wie-lange", "code-mehr", "y-después", "çok-mu-sürer", "çok-mu-sürer-1")
    write_article(tmp_path, "de/a", body + "\n\n" + " ".join(f"[x](#{name})" for name in anchors))
    assert faults(tmp_path) == []
    page = render_article(sound(tmp_path)[0].article, [])
    assert all(f'id="{name}"' in page for name in anchors)


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("https:/shop.example", "has no host"),
        ("https://", "has no host"),
        ("http://localhost/agb", "names no public host"),
        ("https://192.168.0.1/", "names no public host"),
        ("https://shop..example", "names no public host"),
        ("https://shop.example:99999/", "is no address"),
        ("https://bank.example@evil.example/", "holds a user name"),
        ("mailto:hilfe", "names no mailbox"),
        ("mailto:hilfe@shop", "names no mailbox"),
        ("tel:anrufen", "is no phone number"),
    ],
)
def test_outward_address_of_a_broken_form_is_named(tmp_path: Path, address: str, what: str) -> None:
    write_article(tmp_path, "fr/a", f"Voir [ici]({address}).")
    assert faults(tmp_path) == [("line 8", f"Link '{address}' {what}.")]


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example/hilfe?x=1#y",
        "http://münchen.example/",
        "https://xn--mnchen-3ya.example:8443/",
        "mailto:hilfe@shop.example?subject=Frage",
        "mailto:a@shop.example,b@shop.example",
        "tel:+49-30-23125-112",
    ],
)
def test_sound_outward_address_is_not_asked_for(tmp_path: Path, address: str) -> None:
    write_article(tmp_path, "fr/a", f"Voir [ici]({address}).")
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    "text", ["[Política](política de devoluciones.md)", "[warunki][warunki]", "[şartlar](iade.md"]
)
def test_link_that_stays_text_is_named(tmp_path: Path, text: str) -> None:
    write_article(tmp_path, "es/a", f"Consulte {text}")
    ((place, what),) = faults(tmp_path)
    assert place == "line 8"
    assert what.endswith("is no link: readers see its brackets.")


def test_address_that_stands_apart_is_lost_in_the_chat(tmp_path: Path) -> None:
    write_article(
        tmp_path, "nl/a", "Zie [de pagina][1].\n\n## Meer\nTekst.\n\n[1]: https://shop.example"
    )
    assert faults(tmp_path) == [("line 13", "The address of '[1]' stands apart from its link.")]


@pytest.mark.parametrize("text", ["Drücken Sie [Enter] (oder [Esc]).", "`[x](y z.md)`", "[…]"])
def test_brackets_that_are_no_link_are_left_alone(tmp_path: Path, text: str) -> None:
    write_article(tmp_path, "de/a", text)
    assert faults(tmp_path) == []


def test_button_of_an_unknown_intent_is_named(tmp_path: Path) -> None:
    write_article(tmp_path, "it/resi", "Trenta giorni.", intents="refund_policy, refund_polcy")
    (fault,) = link_faults(sound(tmp_path), {"refund_policy", "greet"})
    assert fault.what == "No intent is called 'refund_polcy'."
    assert fault.remedy == "Known: greet, refund_policy."
    assert faults(tmp_path, None) == []
