"""How far a share that was counted may be from the true one."""

import math

_NORMAL_95 = 1.959964


def wilson(hits: int, cases: int) -> tuple[float, float]:
    """Return the 95 % interval of the share by Wilson's score (1927); (0, 1) without cases."""
    if not cases:
        return 0.0, 1.0
    share, squared = hits / cases, _NORMAL_95**2
    middle = share + squared / (2 * cases)
    spread = _NORMAL_95 * math.sqrt(share * (1 - share) / cases + squared / (4 * cases**2))
    scale = 1 + squared / cases
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
