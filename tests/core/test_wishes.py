import pytest

from persona_router.core.state import ConversationState
from persona_router.core.turn import Metadata, Payload
from persona_router.core.wishes import Wish, pressed, read_wish, settle_wish

CLICK = Metadata(input="button")


@pytest.mark.parametrize(
    ("text", "locale", "routes"),
    [
        pytest.param("can I talk to a real person please", "en-GB", ("agent", "phone"), id="en"),
        pytest.param("CALL ME on Monday", "en-GB", ("phone",), id="en-call"),
        pytest.param("let me read about it first", "en-GB", ("knowledge_base",), id="en-read"),
        pytest.param("أريد التحدث مع موظف لو سمحت", "ar-EG", ("agent", "phone"), id="ar"),
    ],
)
def test_wish_is_heard_in_words(make_turn, policy, text, locale, routes) -> None:
    assert read_wish(make_turn(text, locale=locale), policy) == Wish(routes, (), "words")


@pytest.mark.parametrize(
    ("text", "locale", "refused"),
    [
        pytest.param("please don’t call me", "en-GB", ("phone",), id="en"),
        pytest.param("no humans!", "en-GB", ("agent", "phone"), id="en-any-person"),
        pytest.param("لا تتصلوا بي أبدًا", "ar-SA", ("phone",), id="ar"),
    ],
)
def test_refusal_outweighs_the_wish_whose_words_it_holds(
    make_turn, policy, text, locale, refused
) -> None:
    assert read_wish(make_turn(text, locale=locale), policy) == Wish((), refused)


def test_refusal_of_one_route_leaves_the_wish_for_another(make_turn, policy) -> None:
    wish = read_wish(make_turn("don't call me, I want to talk to a person"), policy)
    assert wish == Wish(("agent",), ("phone",), "words")


@pytest.mark.parametrize(
    ("confidence", "wish"),
    [(0.9, Wish(("agent", "phone"), (), "intent")), (0.29, Wish())],
)
def test_wish_by_intent_needs_confidence(make_turn, policy, confidence, wish) -> None:
    turn = make_turn("tr: müşteri hizmetleri", intent="talk_to_human", intent_confidence=confidence)
    assert read_wish(turn, policy) == wish


@pytest.mark.parametrize(
    ("probability", "wish"), [(0.9, Wish(("agent", "phone"), (), "meaning")), (0.89, Wish())]
)
def test_wish_by_meaning_needs_probability(make_turn, policy, probability, wish) -> None:
    turn = make_turn("biriyle konuşabilir miyim", locale="tr-TR", wishes={"wish_": probability})
    assert read_wish(turn, policy) == wish


@pytest.mark.parametrize(
    ("text", "sure", "heard"),
    [
        pytest.param("5518046 numaralı siparişim ne durumda", 0.8, False, id="one sentence"),
        pytest.param("5518046 numaralı siparişim ne durumda", 0.79, True, id="unsure"),
        pytest.param("Siparişim nerede? Biriyle görüşeyim.", 0.95, True, id="two sentences"),
    ],
)
def test_wish_by_meaning_gives_way_to_a_plain_concern(make_turn, policy, text, sure, heard) -> None:
    turn = make_turn(
        text, locale="xx", wishes={"wish_": 0.97}, intent="track_order", intent_confidence=sure
    )
    assert bool(read_wish(turn, policy)) is heard


def test_wish_by_meaning_leaves_out_what_is_refused(make_turn, policy) -> None:
    wish = read_wish(make_turn("don't call me", wishes={"wish_": 0.99}), policy)
    assert wish == Wish(("agent",), ("phone",), "meaning")


@pytest.mark.parametrize(
    ("meant", "wish"),
    [
        ({"wish_": 0.97, "wish_phone": 0.95}, Wish(("phone",), (), "meaning")),
        ({"wish_": 0.97, "wish_agent": 0.92}, Wish(("agent",), (), "meaning")),
        ({"wish_": 0.97, "wish_person": 0.6}, Wish(("agent", "phone"), (), "meaning")),
        ({"refuse_phone": 0.6}, Wish((), ("phone",))),
        ({"refuse_person": 0.5}, Wish((), ("agent", "phone"))),
        ({"refuse_knowledge_base": 0.7}, Wish((), ("knowledge_base",))),
        ({"refuse_phone": 0.49}, Wish()),
        ({"refuse_person": 0.6, "wish_": 0.9}, Wish(("agent", "phone"), (), "meaning")),
        ({"refuse_phone": 0.6, "wish_phone": 0.9, "wish_": 0.9}, Wish(("phone",), (), "meaning")),
        ({"refuse_phone": 0.9, "wish_": 0.95}, Wish(("agent",), ("phone",), "meaning")),
    ],
    ids=str,
)
def test_wish_by_meaning_is_for_the_route_that_is_meant(make_turn, policy, meant, wish) -> None:
    assert read_wish(make_turn("ne olur ne olmaz", locale="tr-TR", wishes=meant), policy) == wish


def test_wish_for_any_person_in_words_may_mean_one_of_them(make_turn, policy) -> None:
    turn = make_turn(
        "talk to a real person, here in writing", wishes={"wish_": 1.0, "wish_agent": 0.98}
    )
    assert read_wish(turn, policy) == Wish(("agent",), (), "words")
    turn = make_turn("CALL ME on Monday", wishes={"wish_": 1.0, "wish_agent": 0.98})
    assert read_wish(turn, policy) == Wish(("phone",), (), "words")


def test_refusal_by_meaning_outweighs_an_intent(make_turn, policy) -> None:
    turn = make_turn(
        "ne me transférez à personne",
        locale="xx",
        wishes={"refuse_person": 0.8},
        intent="talk_to_human",
        intent_confidence=0.99,
    )
    assert read_wish(turn, policy) == Wish((), ("agent", "phone"))


def test_wish_by_meaning_is_not_read_out_of_the_answers_to_a_form(make_turn, policy) -> None:
    turn = make_turn(
        "Mia Schulz, Rosengasse 4", form="refund_form", wishes={"wish_": 0.99, "refuse_phone": 0.9}
    )
    assert read_wish(turn, policy) == Wish()


def test_wish_by_meaning_is_not_read_out_of_a_language_without_examples(make_turn, policy) -> None:
    turn = make_turn("hol van a csomagom", wishes={"wish_": 0.99}, language_served=False)
    assert read_wish(turn, policy) == Wish()


def test_wish_by_button_is_the_button_whatever_its_title(make_turn, policy) -> None:
    turn = make_turn("call me", metadata=CLICK, payload=Payload("route", "agent"))
    assert read_wish(turn, policy) == Wish(("agent",), (), "button")


@pytest.mark.parametrize("text", ["Beam me up", "hello", ""])
def test_button_of_an_unknown_route_is_no_wish(make_turn, policy, text) -> None:
    turn = make_turn(text, metadata=CLICK, payload=Payload("route", "spaceship"))
    assert read_wish(turn, policy) == Wish()


def test_button_of_an_unknown_route_is_read_as_its_title(make_turn, policy) -> None:
    turn = make_turn("Call me", metadata=CLICK, payload=Payload("route", "spaceship"))
    assert read_wish(turn, policy) == Wish(("phone",), (), "words")


def test_button_that_fills_a_slot_is_no_wish(make_turn, policy) -> None:
    pressed_ = {"metadata": CLICK, "payload": Payload("slot", "morning")}
    in_form = make_turn("Call me in the morning", form="callback_form", **pressed_)
    assert read_wish(in_form, policy) == Wish()
    assert read_wish(make_turn("Call me in the morning", **pressed_), policy).routes == ("phone",)


def test_button_of_an_intent_may_be_a_wish(make_turn, policy) -> None:
    turn = make_turn(
        "Speak",
        metadata=CLICK,
        payload=Payload("intent", "call_back"),
        intent="call_back",
        intent_confidence=1.0,
    )
    assert read_wish(turn, policy) == Wish(("phone",), (), "intent")


@pytest.mark.parametrize(
    ("wished", "excluded", "settled"),
    [
        pytest.param(("agent", "phone"), ("phone",), ("agent",), id="any-person-but-no-calls"),
        pytest.param(("phone",), ("phone",), ("phone",), id="changed-their-mind"),
        pytest.param(("agent", "phone"), ("agent", "phone"), ("agent", "phone"), id="all-refused"),
        pytest.param((), ("phone",), (), id="no-wish"),
    ],
)
def test_settle_wish_keeps_earlier_refusals(make_turn, policy, wished, excluded, settled) -> None:
    state = ConversationState(excluded=excluded)
    wish = Wish(wished, (), "words" if wished else None)
    assert settle_wish(wish, make_turn("x"), state, policy).routes == settled


def yes(make_turn, **fields):
    return make_turn("yes", intent="affirm", intent_confidence=0.9, **fields)


def test_settle_wish_takes_a_yes_for_the_offer(make_turn, policy) -> None:
    state = ConversationState(offered="agent")
    assert settle_wish(Wish(), yes(make_turn), state, policy) == Wish(("agent",), (), "offer")


def test_settle_wish_takes_a_vague_wish_for_the_offer(make_turn, policy) -> None:
    state = ConversationState(offered="agent")
    vague = Wish(("agent", "phone"), (), "meaning")
    assert settle_wish(vague, yes(make_turn), state, policy).routes == ("agent",)


def test_settle_wish_prefers_what_is_asked_for_to_the_offer(make_turn, policy) -> None:
    state = ConversationState(offered="agent")
    call = Wish(("phone",), (), "words")
    assert settle_wish(call, yes(make_turn), state, policy) == call


@pytest.mark.parametrize(
    ("offered", "fields"),
    [(None, {}), ("spaceship", {}), ("agent", {"form": "track_order_form"})],
    ids=["nothing-offered", "route-of-an-older-policy", "answers-the-form"],
)
def test_settle_wish_takes_no_other_yes_for_an_offer(make_turn, policy, offered, fields) -> None:
    state = ConversationState(offered=offered)
    assert settle_wish(Wish(), yes(make_turn, **fields), state, policy) == Wish()


def test_settle_wish_never_accepts_what_is_refused_in_the_same_breath(make_turn, policy) -> None:
    state = ConversationState(offered="agent")
    refusal = Wish((), ("agent",))
    assert settle_wish(refusal, yes(make_turn), state, policy) == refusal


@pytest.mark.parametrize(
    ("metadata", "payload", "expected"),
    [
        (CLICK, Payload("route", "agent"), True),
        (CLICK, Payload("slot", "x"), False),
        (CLICK, Payload("language", "xx"), False),
        (CLICK, Payload("stop"), True),
        (CLICK, Payload("route", "spaceship"), False),
        (CLICK, None, False),
        (Metadata(), Payload("route", "agent"), False),
    ],
)
def test_pressed_needs_a_click_on_a_button_of_ours(
    make_turn, policy, metadata, payload, expected
) -> None:
    assert pressed(make_turn("x", metadata=metadata, payload=payload), policy) is expected


@pytest.mark.parametrize(
    ("wish", "form", "settled"),
    [
        pytest.param(Wish(("phone",), (), "words"), "callback_form", (), id="its-own-question"),
        pytest.param(Wish(("agent", "phone"), (), "meaning"), "callback_form", (), id="vague"),
        pytest.param(
            Wish(("agent", "phone"), (), "words"), "callback_form", ("agent", "phone"), id="any"
        ),
        pytest.param(Wish(("agent",), (), "words"), "callback_form", ("agent",), id="another"),
        pytest.param(Wish(("phone",), (), "button"), "callback_form", ("phone",), id="button"),
        pytest.param(Wish(("phone",), (), "words"), "refund_form", ("phone",), id="other-form"),
        pytest.param(Wish(("phone",), (), "words"), None, ("phone",), id="no-form"),
    ],
)
def test_settle_wish_leaves_a_form_that_carries_it_out_to_go_on(
    make_turn, policy, wish, form, settled
) -> None:
    turn = make_turn("ring me after six", form=form)
    assert settle_wish(wish, turn, ConversationState(), policy).routes == settled
