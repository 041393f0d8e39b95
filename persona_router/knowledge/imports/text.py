"""Text as systems export it, made fit for an article; and names of files made of titles."""

import re
import unicodedata
from collections.abc import Collection

from anyascii import anyascii

LONGEST_SLUG = 60
"""Characters of a slug: an address stays readable, and a title is recognised."""

# Control characters, halves of pairs, non-characters, and what is there and never seen: none of it
# can be read, most of it is refused in YAML, and a soft hyphen hides a word from the search.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060\ud800-\udfff\ufdd0-\ufdef\ufeff"
    "\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# The transliterator leaves out carriers of vowels, and with them the shape of short words.
_CARRIERS = str.maketrans(
    {"ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ة": "a", "ء": "", "ع": "a"}
)


def readable(text: str) -> str:
    """Return text without characters that nobody sees, its lines ending in `\\n`."""
    paired = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSEEN.sub("", _LINE_END.sub("\n", paired))


def one_line(text: str) -> str:
    """Return readable text with every run of blanks and line ends as one blank."""
    return " ".join(readable(text).split())


def slug(text: str) -> str:
    """Return lower-case ASCII words joined by `-`, at most `LONGEST_SLUG` characters, or "".

    Other scripts are written in Latin letters: `İade koşulları` is `iade-kosullari`. Empty when
    the text has neither letters nor digits.
    """
    latin = anyascii(unicodedata.normalize("NFC", readable(text)).translate(_CARRIERS))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['`]", "", latin.lower()))
    made = "-".join(words)
    if len(made) <= LONGEST_SLUG:
        return made
    whole, cut = made[: LONGEST_SLUG + 1].rsplit("-", 1) if "-" in made else ("", made)
    # A very long last word is cut rather than lost: it may be most of the title.
    return whole if len(whole) >= LONGEST_SLUG // 2 else made[:LONGEST_SLUG].rstrip("-") or cut


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """Return `wanted`, or the first of `wanted-2`, `wanted-3` … that is not `taken`."""
    number, free = 1, wanted
    while free in taken:
        number += 1
        suffix = f"-{number}"
        free = wanted[: LONGEST_SLUG - len(suffix)].rstrip("-") + suffix
    return free
