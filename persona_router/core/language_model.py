"""The values of language identification: what it knows, how it weighs, and what it answers."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from persona_router.core.word_table import WordTable

OTHER: Final = "other"


@dataclass(frozen=True, kw_only=True)
class LanguageParams:
    """Weights of the evidence, tuned for accuracy and calibration on short messages (DESIGN §8).

    `known_gram_weight` and `unknown_gram_weight` scale n-gram log-probabilities of words that some
    word list has or that none has; `word_weight` scales natural log-frequencies of whole words;
    `missing_word` is the log-frequency of a word that a list lacks; `other_prior` the share of
    unsupported languages; `clip` bounds the log-likelihoods of one message, in nats. Of messages
    longer than `longest_text` characters or `most_words` words only the beginning is judged.

    A word says nothing if `neutral_share` of the lists in its script (at least `neutral_lists`)
    have it with `neutral_frequency` or more, or if no list has it and the mean log-probability of
    its trigrams is below `gibberish`. Up to `most_name_words` capitalised words are a name if none
    is more frequent than `name_frequency`, and there is a given name among them or each of them is
    either unknown or in `name_share` of the supported languages' lists (at least `name_lists`):
    names cross borders, other words seldom do.
    """

    known_gram_weight: float = 0.12
    unknown_gram_weight: float = 0.4
    word_weight: float = 0.75
    missing_word: float = -18.0
    other_prior: float = 0.02
    clip: float = 8.0
    longest_text: int = 4000
    most_words: int = 100
    neutral_share: float = 0.2
    neutral_lists: int = 3
    neutral_frequency: float = math.log(3e-5)
    gibberish: float = -8.2
    most_name_words: int = 4
    name_frequency: float = math.log(5e-4)
    name_share: float = 0.3
    name_lists: int = 2


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """Everything `identify` knows; columns are `languages`, then `decoys` (unsupported ones).

    `grams` maps an n-gram (lower case, a blank at word ends) to its weighted log-probability per
    column, `gram_lengths` are the lengths that it holds, `missing_gram` is the log-probability of
    a trigram that it lacks; `words` is the table of word lists and `unlisted` the columns that
    have none; `scripts` holds per column the names of its scripts (see `words.script_counts`);
    `substitutions` is applied before n-grams are looked up (`str.translate`); `neutral` lists
    folded words that are used in any language, `given_names` folded names of people.
    """

    languages: tuple[str, ...]
    decoys: tuple[str, ...]
    grams: Mapping[str, tuple[float, ...]] = field(repr=False)
    gram_lengths: tuple[int, ...]
    missing_gram: float
    words: WordTable = field(repr=False)
    unlisted: frozenset[int] = field(repr=False)
    scripts: tuple[frozenset[str], ...] = field(repr=False)
    substitutions: Mapping[int, str] = field(repr=False)
    neutral: frozenset[str] = field(repr=False)
    given_names: frozenset[str] = field(repr=False)
    params: LanguageParams = field(default_factory=LanguageParams)


@dataclass(frozen=True, kw_only=True)
class LanguageGuess:
    """What one message says about its language.

    `scores` is the posterior over the supported languages and `OTHER`, summing to 1; `best` the
    likeliest supported language (None only without any word); `code` the same, but None when the
    message is no evidence (nothing but numbers, addresses, emoji, names or neutral words);
    `log_likelihoods` per language and `OTHER`, without prior, the best 0.0, clipped below; empty
    when the message is no evidence. `unsupported` is the likeliest of the other languages that
    the model knows in the message's script.
    """

    scores: Mapping[str, float]
    best: str | None
    code: str | None
    log_likelihoods: Mapping[str, float]
    unsupported: str | None = None

    @property
    def confidence(self) -> float:
        """Probability of `code`, 0 to 1; 0.0 without evidence."""
        return self.scores[self.code] if self.code else 0.0

    def answer(self, threshold: float) -> str | None:
        """A supported language or `OTHER` with at least that probability, else None."""
        if self.code is None:
            return None
        top = max(self.scores, key=self.scores.__getitem__)
        return top if self.scores[top] >= threshold else None
