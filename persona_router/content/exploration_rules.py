"""Reads what the routing policy tries out (`exploration` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.policy import Exploration

MOST_SHARE = 0.5
MOST_AMONG = 10


def read_exploration(node: Node) -> Exploration:
    """Return the rules in `node`; nothing is tried where it is empty. Raises ContentError."""
    node.only("share", "among")
    usual = Exploration()
    share = node.share("share", usual.share)
    if share > MOST_SHARE:
        what = f"{share} of the conversations is no trial any more."
        raise node.fault("share", what, f"Write a number from 0 to {MOST_SHARE}.")
    return Exploration(share=share, among=node.count("among", usual.among, 2, MOST_AMONG))
