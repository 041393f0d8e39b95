"""Reads which other policy is compared with this one (`comparison` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.comparison_rules import Comparison


def read_comparison(top: Node) -> Comparison:
    """Return the rules in the policy `top`; nothing is compared where it has none.

    Raises ContentError, also where other ways are tried at the same time: what came of the one
    could not be told from what came of the other.
    """
    node = top.node("comparison", optional=True)
    node.only("policy", "share")
    share = node.share("share", 0.0)
    if share == 1:
        what = "It leaves nobody to the usual policy, and nothing to compare with."
        raise node.fault("share", what, "Write less, or make the other file the policy.")
    if share and top.node("exploration", optional=True).values.get("share"):
        what = "Other ways are tried at the same time (exploration.share)."
        raise node.fault("share", what, "Set one of the two shares to 0.")
    policy = node.get("policy", str) if share else node.maybe("policy")
    return Comparison(policy=policy or "", share=share)
