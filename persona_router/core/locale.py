"""Locale tags: canonical spelling, the fallback chain of texts, and the writing direction."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<rest>(?:-[a-z0-9](?:-[a-z0-9]{2,8})+)*)",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_TAG: Final = 64

# Unicode CLDR 44, scriptMetadata.txt (scripts with RTL = YES in modern use) and likelySubtags.xml
# (languages, and languages in one region, whose likely script is one of them).
_RTL_SCRIPTS: Final = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})
_RTL_LANGUAGES: Final = frozenset(
    {"ar", "arc", "arq", "ary", "arz", "bal", "bgn", "bqi", "ckb", "dv", "fa", "glk", "he", "hnd"}
    | {"khw", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "rhg", "sd", "sdh", "skr", "syr", "ug", "ur"}
    | {"yi"}
)
_RTL_REGIONAL: Final = frozenset({"az-IR", "pa-PK", "tk-IR", "uz-AF"})


@lru_cache(maxsize=256)
def canonical(tag: str) -> str:
    """The tag in canonical BCP 47 case: `pt_br` → `pt-BR`, `ZH-hant-tw` → `zh-Hant-TW`.

    Accepts underscores and a POSIX suffix (`de_DE.UTF-8@euro`); drops extensions (`-u-ca-…`),
    which choose no text. Raises ValueError naming the tag and its remedy if it is malformed.
    """
    plain = re.split(r"[.@]", tag.strip(), maxsplit=1)[0].replace("_", "-")
    match = _TAG.fullmatch(plain) if len(plain) <= _LONGEST_TAG else None
    if match is None:
        raise ValueError(
            f"Malformed locale {tag[:_LONGEST_TAG]!r}. "
            "Write a language, and a script or region if needed, such as pt-BR."
        )
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["variants"].lower()


def canonical_or_none(tag: object) -> str | None:
    """The canonical tag, or None for anything that is not a well-formed tag (untrusted input)."""
    if not isinstance(tag, str):
        return None
    try:
        return canonical(tag)
    except ValueError:
        return None


def language_of(tag: str) -> str:
    """The language of a tag, its first subtag: `pt-BR` → `pt`. Raises ValueError if malformed."""
    return canonical(tag).split("-", 1)[0]


def region_of(tag: str) -> str | None:
    """Return the region of a tag, such as "AT" of "de-AT"; None for one without."""
    region = tag.rpartition("-")[2] if "-" in tag else ""
    return region if len(region) == 2 else None


def fallback_chain(
    locale: str | None, fallbacks: Mapping[str, Sequence[str]], default: str
) -> tuple[str, ...]:
    """Locales to look a text up in, best first and without repetition; never empty.

    The locale, its parents (`es-MX` → `es`), the configured `fallbacks` of each of them (keys and
    values are tags), then `default`. A missing or malformed locale leaves the default alone;
    malformed fallbacks or defaults raise ValueError.
    """
    own = canonical_or_none(locale)
    chain = list(_with_parents(own)) if own else []
    configured = {canonical(key): values for key, values in fallbacks.items()}
    for tag in tuple(chain):
        for fallback in configured.get(tag, ()):
            chain.extend(_with_parents(canonical(fallback)))
    chain.extend(_with_parents(canonical(default)))
    return tuple(dict.fromkeys(chain))


def direction(tag: str) -> Direction:
    """The direction of running text: "rtl" or "ltr"; "ltr" for malformed tags.

    A script subtag decides (`az-Arab` is right to left); else the language's likely script.
    """
    known = canonical_or_none(tag)
    if known is None:
        return "ltr"
    subtags = known.split("-")
    script = next((part for part in subtags[1:2] if len(part) == 4 and part.isalpha()), None)
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    regional = "-".join(subtags[:2])
    return "rtl" if subtags[0] in _RTL_LANGUAGES or regional in _RTL_REGIONAL else "ltr"


def _with_parents(tag: str) -> Iterator[str]:
    subtags = tag.split("-")
    for length in range(len(subtags), 0, -1):
        yield "-".join(subtags[:length])
