import json

from persona_router.core.decision import Closed, Decision, Reason
from persona_router.core.evidence import Evidence
from persona_router.core.feedback import Verdict
from persona_router.core.state import ConversationState


def test_decision_as_json_holds_everything_needed_to_explain_it() -> None:
    decision = Decision(
        id="d1",
        policy_version="2026-11-22+abc",
        turn=2,
        locale="ar-AE",
        intent="track_order",
        concern="track_order",
        route="self_service",
        plan=("track_order_form",),
        alternatives=("agent",),
        closed=(Closed("phone", "2026-11-23T09:00:00+04:00"), Closed("fax", None)),
        persona="sprinter",
        posterior={"sprinter": 0.912345, "talker": 0.087655},
        evidence=(Evidence("haste", 0.123456, {"sprinter": 1.5, "talker": -1.5}),),
        constraints=("closed:phone",),
        reasons=(Reason("persona", {"persona": "sprinter", "signal": "haste"}), Reason("anger")),
        state=ConversationState(turns=2, told=1, decibans={"sprinter": 1.5}),
        signals={"haste": 0.123456},
        arm="b",
        stated_route="self_service",
        corrected=True,
        inferred_persona="talker",
        inferred_route="phone",
        memory=("remember",),
        verdict=Verdict(False, "d7"),
    )
    assert json.loads(json.dumps(decision.to_json())) == {
        "id": "d1",
        "policy_version": "2026-11-22+abc",
        "turn": 2,
        "locale": "ar-AE",
        "intent": "track_order",
        "concern": "track_order",
        "route": "self_service",
        "plan": ["track_order_form"],
        "alternatives": ["agent"],
        "closed": [
            {"route": "phone", "opens": "2026-11-23T09:00:00+04:00"},
            {"route": "fax", "opens": None},
        ],
        "persona": "sprinter",
        "posterior": {"sprinter": 0.9123, "talker": 0.0877},
        "evidence": [
            {"signal": "haste", "value": 0.123, "decibans": {"sprinter": 1.5, "talker": -1.5}}
        ],
        "constraints": ["closed:phone"],
        "reasons": [
            {"code": "persona", "values": {"persona": "sprinter", "signal": "haste"}},
            {"code": "anger", "values": {}},
        ],
        "signals": {"haste": 0.123},
        "propensity": 1.0,
        "arm": "b",
        "spoken": None,
        "speaking": [],
        "stated_route": "self_service",
        "corrected": True,
        "inferred_persona": "talker",
        "inferred_route": "phone",
        "memory": ["remember"],
        "answers": "passage",
        "verdict": {"helped": False, "decision": "d7"},
        "state": {
            "turns": 2,
            "told": 1,
            "decibans": {"sprinter": 1.5},
            "concern": None,
            "wished": [],
            "excluded": [],
            "offered": None,
            "failures": 0,
            "tried": [],
            "served": None,
            "corrected": False,
            "answers": [],
            "asked": False,
        },
    }
