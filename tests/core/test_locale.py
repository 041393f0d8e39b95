import pytest

from persona_router.core.locale import (
    canonical,
    canonical_or_none,
    direction,
    fallback_chain,
    language_of,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("pt_br", "pt-BR"),
        ("EN", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de_DE.UTF-8@euro", "de-DE"),
        ("ar-EG-u-nu-arab", "ar-EG"),
        ("sl-IT-NEDIS", "sl-IT-nedis"),
        (" tr-TR ", "tr-TR"),
    ],
)
def test_canonical_spells_tags_as_bcp_47_does(written: str, expected: str) -> None:
    assert canonical(written) == expected


@pytest.mark.parametrize(
    "written", ["", "x", "english", "de--DE", "../etc", "en\x00", "d" * 99, "١٢"]
)
def test_canonical_names_a_malformed_tag_and_the_remedy(written: str) -> None:
    with pytest.raises(ValueError, match=r"Malformed locale .*such as pt-BR"):
        canonical(written)


@pytest.mark.parametrize("value", [None, 7, ["de"], {"a": 1}, "not a tag", "C"])
def test_canonical_or_none_reads_untrusted_values(value: object) -> None:
    assert canonical_or_none(value) is None


def test_language_of_is_the_first_subtag() -> None:
    assert language_of("pt_BR") == "pt"
    assert language_of("zh-Hant-TW") == "zh"


def test_fallback_chain_goes_from_the_locale_over_configured_ones_to_the_default() -> None:
    fallbacks = {"es": ["pt-PT"], "ca": ["es"]}
    assert fallback_chain("es_mx", fallbacks, "en-GB") == (
        "es-MX",
        "es",
        "pt-PT",
        "pt",
        "en-GB",
        "en",
    )
    assert fallback_chain("ca", fallbacks, "en") == ("ca", "es", "en")


def test_fallback_chain_repeats_nothing_and_keeps_script_parents() -> None:
    assert fallback_chain("zh-Hant-TW", {"zh": ["en"]}, "en") == (
        "zh-Hant-TW",
        "zh-Hant",
        "zh",
        "en",
    )


@pytest.mark.parametrize("locale", [None, "", "??", "klingon-speaker"])
def test_fallback_chain_of_an_unusable_locale_is_the_default(locale: str | None) -> None:
    assert fallback_chain(locale, {"de": ["en"]}, "de-AT") == ("de-AT", "de")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("ar", "rtl"),
        ("ar-AE", "rtl"),
        ("he", "rtl"),
        ("fa_IR", "rtl"),
        ("ur-PK", "rtl"),
        ("pa-PK", "rtl"),
        ("az-Arab", "rtl"),
        ("pa", "ltr"),
        ("ar-Latn", "ltr"),
        ("az", "ltr"),
        ("de-AT", "ltr"),
        ("no tag", "ltr"),
    ],
)
def test_direction_follows_the_script(tag: str, expected: str) -> None:
    assert direction(tag) == expected
