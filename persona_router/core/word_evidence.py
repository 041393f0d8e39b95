"""Whether the words of a message can tell its language at all."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from persona_router.core.language_model import LanguageModel
from persona_router.core.words import fold, name_particles

_TRIGRAM: Final = 3

Frequencies = Mapping[int, float]


def tells_language(
    text: str,
    words: Sequence[str],
    frequencies: Sequence[Frequencies],
    columns: Sequence[int],
    model: LanguageModel,
) -> bool:
    """False for a message of nothing but neutral words, gibberish and names.

    `frequencies` holds for each of `words` (see `split_words`) its log-frequency by column;
    `columns` are those that the script of the message admits.
    """
    lists = frozenset(columns) - model.unlisted
    particles = name_particles(text) if len(words) <= model.params.most_name_words else None
    addressed = any(fold(word) in model.given_names for word in words)
    return not all(
        _is_neutral(word, found, lists, model)
        or (not found and _is_gibberish(word, model))
        or (
            particles is not None
            and (word in particles or _is_name(found, lists, model, addressed=addressed))
        )
        for word, found in zip(words, frequencies, strict=True)
    )


def _is_neutral(word: str, found: Frequencies, lists: frozenset[int], model: LanguageModel) -> bool:
    folded = fold(word)
    if folded in model.neutral or folded in model.given_names:
        return True
    params = model.params
    needed = max(params.neutral_lists, params.neutral_share * len(lists))
    return needed <= sum(
        column in lists and frequency >= params.neutral_frequency
        for column, frequency in found.items()
    )


def _is_gibberish(word: str, model: LanguageModel) -> bool:
    if any(letter in model.grams for letter in word):
        # Ideographs: written without blanks, so that few of their n-grams are ever seen twice.
        return False
    padded = f" {word.translate(model.substitutions)} "
    count = len(padded) - _TRIGRAM + 1
    rows = [
        row
        for start in range(count)
        if (row := model.grams.get(padded[start : start + _TRIGRAM])) is not None
    ]
    likeliest = max(map(sum, zip(*rows, strict=True)), default=0.0)
    total = likeliest + model.missing_gram * (count - len(rows))
    return total < model.params.gibberish * count


def _is_name(
    found: Frequencies, lists: frozenset[int], model: LanguageModel, *, addressed: bool
) -> bool:
    """Whether a capitalised word may be a name, `addressed` beside a given name."""
    params = model.params
    if not found:
        return True
    # The lists of decoys are cut short: a word that they lack may still be known there.
    whole = [column for column in lists if column < len(model.languages)]
    mentions = [found[column] for column in whole if column in found]
    needed = max(params.name_lists, params.name_share * len(whole))
    return max(mentions, default=-math.inf) <= params.name_frequency and (
        addressed or len(mentions) >= needed
    )
