"""The features of a whole message, which Rasa copies and hashes more often than it reads them."""

import hashlib
from typing import Any, Dict

from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features


class SentenceFeature(Features):
    """Features of a message's text as a whole, whose numbers nobody changes in place."""

    def __init__(self, numbers: Any, origin: str) -> None:
        super().__init__(numbers, FEATURE_TYPE_SENTENCE, TEXT, origin)

    def __deepcopy__(self, memo: Dict[int, Any]) -> "SentenceFeature":
        """Return a copy with the same numbers: Rasa joins features into new arrays."""
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def fingerprint(self) -> str:
        """Return a hash of the numbers, which Rasa prints one by one."""
        if self._cached_fingerprint is None:
            origin = str(self.origin).encode()
            self._cached_fingerprint = hashlib.md5(origin + self._content()).hexdigest()
        return self._cached_fingerprint

    def _content(self) -> bytes:
        return self.features.tobytes()


class LetterFeature(SentenceFeature):
    """A sparse row of one value throughout: its columns say it all.

    `usual` tells that they are those of `letter_columns` with its own settings.
    """

    def __init__(self, row: Any, origin: str, *, usual: bool) -> None:
        super().__init__(row, origin)
        self.usual = usual

    def _content(self) -> bytes:
        return self.features.col.tobytes()
