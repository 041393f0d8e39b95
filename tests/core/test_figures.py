from persona_router.core.figures import (
    Cell,
    FigureRules,
    Rate,
    Tally,
    added_up,
    agreement,
    options,
    split,
    visits_by_day,
)

RULES = FigureRules(minimum=30, little_used=0.1, mediocre_below=0.7)


def cell(route: str, visits: int, *, persona: str | None = "talker", day: int = 0, **sums: int):
    tally = Tally(visits=visits, **sums)
    return Cell(day=day, persona=persona, language="en", route=route, tally=tally)


def test_rate_below_the_minimum_has_no_share() -> None:
    told = Rate(20, 29).to_json(30)
    assert told == {"hits": 20, "cases": 29, "share": None, "interval": None}
    shown = Rate(15, 30).to_json(30)
    assert shown["share"] == 0.5
    assert Rate(0, 0).share is None
    assert Rate(0, 0).to_json(1)["share"] is None


def test_groups_come_with_most_visits_first_and_undecided_among_them() -> None:
    cells = [cell("agent", 2), cell("agent", 5, persona=None), cell("phone", 1, day=1)]
    assert [(key, t.visits) for key, t in split(cells, ("persona",)).items()] == [
        ((None,), 5),
        (("talker",), 3),
    ]
    assert added_up(cells).visits == 8
    assert visits_by_day(cells, 3) == (7, 1, 0)


def test_option_hardly_used_and_hardly_liked_is_wanting() -> None:
    cells = [cell("phone", 9_900), cell("agent", 100, judged=80, pleased=30)]
    found = options(cells, ("phone", "agent", "knowledge_base"), RULES)
    assert [(one.route, one.wanting) for one in found] == [
        ("agent", True),
        ("phone", False),
        ("knowledge_base", False),
    ]
    assert found[0].use == Rate(100, 10_000)
    assert found[0].satisfaction == Rate(30, 80)
    assert found[2].use == Rate(0, 10_000)


def test_option_is_not_wanting_where_either_could_be_chance() -> None:
    few_judged = [cell("phone", 9_900), cell("agent", 100, judged=29, pleased=0)]
    liked = [cell("phone", 9_900), cell("agent", 100, judged=80, pleased=52)]
    used = [cell("phone", 900), cell("agent", 90, judged=80, pleased=30)]
    for cells in (few_judged, liked, used):
        assert not any(one.wanting for one in options(cells, ("agent", "phone"), RULES))


def test_agreement_is_the_share_of_those_who_asked_for_what_was_inferred() -> None:
    pairs = {("phone", "phone"): 6, ("agent", "phone"): 3, ("phone", "agent"): 1}
    assert agreement(pairs) == Rate(6, 10)
    assert agreement({}) == Rate(0, 0)
