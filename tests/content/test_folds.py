from hypothesis import given
from hypothesis import strategies as st

from persona_router.content.folds import FOLDS, folds


@given(st.lists(st.sampled_from(["sprinter", "talker", None]), max_size=60))
def test_every_label_is_spread_evenly_over_the_folds(labels) -> None:
    found = folds(labels)
    assert len(found) == len(labels)
    for label in set(labels):
        counts = [
            sum(1 for f, one in zip(found, labels, strict=True) if f == fold and one == label)
            for fold in range(FOLDS)
        ]
        assert max(counts) - min(counts) <= 1


def test_folds_repeat_from_the_first() -> None:
    assert folds(["a"] * 11) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    assert folds(["a", None, "a", None]) == [0, 0, 1, 1]
