"""Which share of the conversations another policy leads, so that both can be compared."""

from dataclasses import dataclass
from typing import Literal

Arm = Literal["a", "b"]
ARMS: tuple[Arm, ...] = ("a", "b")
"""The usual policy and the other one."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The `policy` file that leads a `share` (0 to under 1) of the conversations that agreed.

    `policy` is as the policy names it; a share of 0 compares nothing.
    """

    policy: str = ""
    share: float = 0.0


def arm_of(lot: float, share: float) -> Arm:
    """Return the arm of a conversation that drew `lot`, evenly from [0, 1)."""
    return "b" if lot < share else "a"
