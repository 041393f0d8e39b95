"""Another open route than the best one, on few conversations, so that their effect can be told."""

from dataclasses import dataclass

from persona_router.core.policy import Exploration
from persona_router.core.ranking import Ranking, Situation


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The route of a turn, how likely it was to be that one, and whether another one is best."""

    route: str | None
    propensity: float = 1.0
    tried: bool = False


def try_out(
    route: str | None,
    ranking: Ranking,
    situation: Situation,
    exploration: Exploration,
    *,
    lot: float | None,
    anger_from: float,
) -> Trial:
    """Return the route of a turn whose best one is `route`.

    `lot` is drawn once for a conversation, evenly from [0, 1), so that it stays with what was
    tried; None for a conversation that takes no part. Whatever somebody asked for or refused,
    anger, and everything that went wrong before are no matter for trials. The best route is kept
    with probability 1 − share + share / n of the n best open ones, another is drawn with share / n
    (epsilon-greedy; Sutton and Barto, Reinforcement Learning, 2018, section 2.2).
    """
    among = ranking.routes[: exploration.among]
    free = not (
        situation.wished
        or situation.preferred
        or situation.excluded
        or situation.unhelpful
        or situation.again
        or situation.failures
        or situation.spoken is not None
        or situation.anger >= anger_from
    )
    if lot is None or not exploration.share or not free or len(among) < 2 or route != among[0]:
        return Trial(route=route)
    each = exploration.share / len(among)
    if lot >= exploration.share:
        return Trial(route=route, propensity=1 - exploration.share + each)
    drawn = min(int(lot / each), len(among) - 1)
    propensity = each if drawn else 1 - exploration.share + each
    return Trial(route=among[drawn], propensity=propensity, tried=drawn > 0)
