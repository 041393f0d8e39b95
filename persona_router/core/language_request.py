"""Hears a customer's wish for a language: "English please", "auf Deutsch bitte"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from persona_router.core.words import fold, split_words


@dataclass(frozen=True, kw_only=True)
class RequestPhrases:
    """What a wish for a language is made of; every word folded (`core.words.fold`).

    `names` maps the words of a language's name, in any language, to its code; `words` are all
    others that such a wish may contain; a longer one than `most_words` is no wish.
    """

    names: Mapping[tuple[str, ...], str] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    most_words: int = 8


def requested_language(text: str, phrases: RequestPhrases) -> str | None:
    """The language that a short message asks for, or None.

    Every word must belong to the wish: "my english book" names a language and asks for none.
    Two different languages in one message are no wish either.
    """
    # A message much longer than the wish cannot be one; not reading it all bounds the work.
    words = [fold(word) for word in split_words(text[:400])]
    if not words or len(words) > phrases.most_words or len(text) > 400:
        return None
    longest = max(map(len, phrases.names), default=0)
    asked: set[str] = set()
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 0, -1):
            code = phrases.names.get(tuple(words[position : position + length]))
            if code is not None:
                asked.add(code)
                position += length
                break
        else:
            if words[position] not in phrases.words:
                return None
            position += 1
    return asked.pop() if len(asked) == 1 else None
