"""Reads the policy that is compared with the usual one, and checks that both can lead turns."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.policies import read_policy
from persona_router.core.comparison_rules import Comparison
from persona_router.core.policy import Policy

FREE = ("neutral", "default_served_by", "intents.*.served_by", "evidence", "weights")
"""What may differ: `route_turn` alone looks at it. All else is also read by other parts."""
_OWN = frozenset({"version", "comparison", "exploration"})
_KEYS = {"cards": "personas"}
"""Keys of the file where the field has another name."""


def compared_file(path: Path, policy: Policy) -> Path | None:
    """Return the file of the policy that `policy`, which stands at `path`, names; None for none."""
    named = policy.comparison.policy
    return path.parent / named if named else None


def read_compared(file: Path, policy: Policy, *, beside: Path) -> Policy:
    """Return the policy in `file`, to be compared with `policy` of the file `beside`.

    Raises ContentError for a fault in it, a comparison of its own, and whatever differs that other
    parts of the assistant rely on.
    """
    compared = read_policy(file)
    if compared.comparison != Comparison():
        what = "A policy that is compared cannot compare another one."
        raise ContentError(file, "comparison", what, "Remove the key, or name another file.")
    if compared.exploration.share:
        what = f"{compared.exploration.share} of its conversations would try other ways."
        raise ContentError(file, "exploration.share", what, "Write 0: one experiment at a time.")
    for place in _differing(policy, compared):
        remedy = f"Copy it from there; only {', '.join(FREE)} may differ."
        raise ContentError(file, place, f"It is not as in {beside.name}.", remedy)
    return compared


def _differing(policy: Policy, compared: Policy) -> Iterator[str]:
    for field in fields(Policy):
        if field.name in _OWN or field.name in FREE:
            continue
        usual, other = getattr(policy, field.name), getattr(compared, field.name)
        if field.name == "intents":
            usual, other = (
                {name: replace(intent, served_by=()) for name, intent in found.items()}
                for found in (usual, other)
            )
        if usual != other:
            yield _place(_KEYS.get(field.name, field.name), usual, other)


def _place(key: str, usual: object, other: object) -> str:
    """Return the key, with the first entry that differs where it has entries."""
    if not isinstance(usual, Mapping) or not isinstance(other, Mapping):
        return key
    return next(f"{key}.{n}" for n in {**usual, **other} if usual.get(n) != other.get(n))
