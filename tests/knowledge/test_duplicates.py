"""Articles of one locale that say the same: by title, by wording, by meaning."""

from pathlib import Path

import pytest

from persona_router.core.policy import ArticleRules
from persona_router.knowledge.duplicates import Alike, same_meaning, same_titles, same_words
from persona_router.knowledge.vectors import Encode
from tests.content.article_files import sound, write_article

RULES = ArticleRules()
CANCEL_DE = """\
Bis zum Versand stornieren Sie kostenlos. Schreiben Sie dazu Ihre Bestellnummer in den Chat.

## Bis wann kann ich stornieren?
Solange der Status nicht „Versandt“ lautet. Auch ein Paket, das schon verpackt ist, halten wir an.

## Wann bekomme ich mein Geld zurück?
Bei PayPal und Gutscheinkarten innerhalb von 5 Werktagen. Kreditkarten wurden noch nicht belastet.
"""
ANNUL_DE = """\
Solange die Ware noch nicht unterwegs ist, kostet eine Stornierung nichts. Nennen Sie hier im Chat
einfach die Nummer Ihrer Bestellung.

## Wie lange ist eine Stornierung möglich?
Bis im Status „Versandt“ steht. Wir können auch Pakete stoppen, die bereits gepackt sind.

## Wann ist mein Geld wieder da?
PayPal und Gutscheine erstatten wir binnen fünf Werktagen. Ihre Kreditkarte ist noch nicht belastet.
"""
INVOICE_DE = """\
Ihre Rechnung finden Sie im Konto unter „Bestellungen“ als PDF.

## Kann die Firma auf der Rechnung stehen?
Ja, mit Umsatzsteuernummer, wenn Sie sie vor dem Versand eintragen.
"""
RESET_TR = """\
“Şifremi unuttum” seçeneğine dokunun ve e-posta adresinizi yazın. Bağlantı 60 dakika geçerlidir.

## E-posta gelmiyor
İstenmeyen e-posta klasörüne bakın. Birkaç kez istediyseniz yalnızca en yeni bağlantı çalışır.
"""
FORGOT_TR = """\
Giriş ekranında “Şifremi unuttum” bağlantısına basın, e-postanızı girin. Bağlantıyı 60 dakika içinde
kullanın.

## E-posta bana ulaşmadı
İstenmeyen postaları kontrol edin. Birden çok kez istediyseniz sadece son bağlantı geçerlidir.
"""


def named(pairs: list[Alike]) -> list[tuple[str, str]]:
    return [
        (f"{pair.first.path.parent.name}/{pair.first.path.stem}", pair.second.path.stem)
        for pair in pairs
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_article(tmp_path, "de/cancel", CANCEL_DE, title="Bestellung stornieren")
    write_article(tmp_path, "de/invoice", INVOICE_DE, title="Rechnung herunterladen")
    write_article(tmp_path, "tr/reset", RESET_TR, title="Şifre sıfırlama")
    return tmp_path


def test_titles_differ_in_more_than_capitals_and_accents(folder: Path) -> None:
    write_article(folder, "tr/again", FORGOT_TR, title="sifre SIFIRLAMA")
    write_article(folder, "de/reset", "Text.", title="Şifre sıfırlama")
    assert named(list(same_titles(sound(folder)))) == [("tr/again", "reset")]


def test_copied_wording_is_found_whatever_was_added(folder: Path) -> None:
    chapters = CANCEL_DE.split("\n\n")
    body = "\n\n".join([*reversed(chapters), "## Neu\nUnd noch ein ganz anderer Abschnitt dazu."])
    write_article(folder, "de/copy", body.replace("Paket", "PAKET"), title="Noch einmal")
    (pair,) = same_words(sound(folder), RULES.same_words)
    assert named([pair]) == [("de/cancel", "copy")]
    assert 0.8 < pair.share < 1


def test_other_words_for_the_same_are_no_copy(folder: Path) -> None:
    write_article(folder, "de/annul", ANNUL_DE, title="Kauf rückgängig machen")
    write_article(folder, "tr/forgot", FORGOT_TR, title="Parolamı unuttum")
    assert list(same_words(sound(folder), RULES.same_words)) == []


def test_same_meaning_in_other_words_is_found(folder: Path, encode: Encode) -> None:
    assert list(same_meaning(sound(folder), RULES.same_meaning, encode)) == []
    write_article(folder, "de/annul", ANNUL_DE, title="Kauf rückgängig machen")
    write_article(folder, "tr/forgot", FORGOT_TR, title="Parolamı unuttum")
    found = list(same_meaning(sound(folder), RULES.same_meaning, encode))
    assert named(found) == [("de/annul", "cancel"), ("tr/forgot", "reset")]
    assert all(RULES.same_meaning <= pair.share <= 1 for pair in found)


def test_part_of_an_article_is_not_the_same_as_the_whole(folder: Path, encode: Encode) -> None:
    write_article(folder, "de/short", ANNUL_DE.split("\n\n")[0], title="Stornieren, kurz")
    assert list(same_meaning(sound(folder), RULES.same_meaning, encode)) == []


def test_translation_is_no_duplicate(folder: Path, encode: Encode) -> None:
    write_article(folder, "en/cancel", "You may cancel until dispatch.", title="Cancel an order")
    write_article(folder, "es/cancel", CANCEL_DE, title="Bestellung stornieren")
    assert list(same_meaning(sound(folder), RULES.same_meaning, encode)) == []
    assert list(same_words(sound(folder), RULES.same_words)) == []
    assert list(same_titles(sound(folder))) == []
