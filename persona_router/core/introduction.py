"""Sentences in which customers say who they are: no matter for routing, and names must not be."""

from collections.abc import Sequence

from persona_router.core.text import fold, sentences, words

_MOST_NAMES = 5
_MOST_UNCASED = 2
"""Words that a name may have; without capitals to tell names by, fewer are taken for one."""


def without_introduction(text: str, introductions: Sequence[str]) -> str:
    """Return `text` without sentences such as "My name is Anna Novak."; never an empty one.

    `introductions` are folded phrases ("my name is"), in any language. What follows must look like
    a name: "my name is wrong on the invoice" is a concern.
    """
    kept = text
    for sentence in sentences(text):
        if _introduces(sentence, introductions):
            kept = kept.replace(sentence, " ", 1)
    return kept if words(kept) else text


def _introduces(sentence: str, introductions: Sequence[str]) -> bool:
    folded = f" {' '.join(words(fold(sentence)))} "
    for phrase in introductions:
        before, found, after = folded.partition(f" {phrase} ")
        if found:
            name = words(sentence)[-len(after.split()) :] if after.split() else ()
            return 0 < len(name) <= _MOST_NAMES and len(before.split()) <= 2 and _is_name(name)
    return False


def _is_name(name: Sequence[str]) -> bool:
    if any(word.lower() != word.upper() for word in name):
        # Particles of names are short and small: "Fatima al Sayed", "Vincent van Gogh".
        return name[0][0].isupper() and all(w[0].isupper() or len(w) <= 3 for w in name)
    return len(name) <= _MOST_UNCASED
