"""Texts, a decision and an article to compose replies of."""

from persona_router.reply.compose import Reply
from persona_router.reply.texts import LocaleTexts, Response

ENGLISH = LocaleTexts(
    {
        "utter_greet": Response(
            "Hello {name}", ({"title": "Track {name}", "payload": "intent:track_order"},)
        ),
        "utter_article": Response("{passage} [{title}]({url}) {updated}"),
        "utter_article_more": Response("All: {passage}"),
        "utter_offer_phone": Response("{number}\n{hours}"),
        "utter_offer_agent": Response("Shall I?", ({"title": "Yes", "payload": "route:agent"},)),
        "utter_closed": Response("Closed:\n{closed}"),
        "utter_why": Response("Because:\n{reasons}"),
        "utter_corrected": Response("I will not guess."),
        "utter_remembered": Response("Kept:\n{remembered}\n{why}, {forget}"),
        "utter_forgotten": Response("Gone."),
        "utter_not_understood": Response("Pardon?"),
        "utter_unsupported_language": Response("Choose"),
        "utter_ask": Response("Your number?"),
        "utter_helped": Response("Good."),
        "utter_not_helped": Response("Sorry."),
    },
    {
        **{f"button_route_{r}": f"[{r}]" for r in ("self_service", "knowledge_base", "phone")},
        "button_route_agent": "[chat]",
        "button_why": "[why]",
        "button_helped": "[helped]",
        "button_more": "[more]",
        "button_not_helped": "[not helped]",
        "ask_helped": "Helped?",
        "button_correct": "[correct]",
        "button_remember": "[remember]",
        "button_forget": "[forget]",
        "button_stop": "[stop]",
        "button_resume": "[resume]",
        "route_phone": "our phone line",
        "route_agent": "the chat",
        "closed_route": "{route} opens {opens}",
        "closed_route_unknown": "{route} is closed",
        "article_none": "no article",
        "article_fallback": "only in {language}",
        "colleagues_speak": "People here speak {language}.",
        "why_neutral": "I do not know yet",
        "why_override": "you chose it",
        "why_repeated_failure": "failed {times} times",
        "why_closed": "{route} opens {opens}",
        "why_closed_unknown": "{route} is closed",
        "why_anger": "it went wrong",
        "why_remembered": "you asked for it before",
        "remembered_route": "your way: {route}",
        "remembered_correction": "no guessing",
        "signal_haste": "you were quick",
        "signal_terms": "you knew the terms",
        "signal_other": "the way you wrote",
    },
)


GERMAN = LocaleTexts(
    {"utter_greet": Response("Guten Tag {name}")}, {"button_route_agent": "[Kollegin]"}
)


DECISION = {
    "route": "self_service",
    "plan": ["track_order_form"],
    "alternatives": ["agent", "phone"],
    "closed": [],
    "reasons": [{"code": "neutral", "values": {}}],
}


HIT = {
    "locale": "en",
    "article": "returns",
    "title": "Returns",
    "heading": "",
    "passage": "Within 30 days.",
    "updated": "2026-11-01",
    "fallback": False,
}


def payloads(reply: Reply) -> list[str]:
    return [button["payload"] for button in reply.buttons]


PERSONA = [
    {"code": "persona", "values": {"persona": "sprinter", "signal": signal}}
    for signal in ("haste", "terms", "brevity")
]


ASKED = {**DECISION, "plan": ["utter_why"], "reasons": PERSONA}
