"""Reads how people write with each device (`devices` of `data/routing.yml`)."""

import math
from collections.abc import Mapping

from persona_router.content.files import Node
from persona_router.core.turn import Typing


def read_devices(node: Node) -> Mapping[str, Typing]:
    """Return how people write by device, as channels name it. Raises ContentError."""
    return {device: _typing(node.node(device)) for device in node.values}


def _typing(node: Node) -> Typing:
    node.only("seconds_per_word", "length")
    return Typing(_positive(node, "seconds_per_word", 0.5), _positive(node, "length", 1.0))


def _positive(node: Node, key: str, usual: float) -> float:
    value = node.get(key, float, usual)
    if not 0 < value < math.inf:
        raise node.fault(key, f"{value} is not above 0.", f"Write a number such as {usual}.")
    return value
