import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from persona_router.content.errors import ContentError
from persona_router.content.examples import Case, read_cases
from persona_router.content.lexicons import PACKAGED_LEXICONS, read_lexicons
from persona_router.core.lexicon import Lexicon, compile_phrases
from persona_router.core.text import fold
from persona_router.core.turn import Turn
from tests.served import SERVED

ROOT = Path(__file__).parent.parent.parent
ROUTES = ("agent", "phone", "self_service", "knowledge_base")
PERSON_WISHES = ("wish_person", "wish_agent", "wish_phone")
CATEGORIES = {
    *(
        "neutral",
        "imperatives",
        "narrative",
        "conditions",
        "terms",
        "references",
        "hedging",
        "courtesy",
        "lost",
    ),
    *("help_seeking", "urgency", "anger", "failed_before", "wish_person", "refuse_person"),
    *(f"wish_{route}" for route in ROUTES),
    *(f"refuse_{route}" for route in ROUTES),
    *("why", "stop", "helped", "not_helped"),
    *("soonest", "today", "tomorrow", "day_after_tomorrow", "time_words"),
    *("forenoon", "afternoon", "evening"),
}
CASES = read_cases(ROOT / "tests" / "data" / "conversations.dev.jsonl")
DIALOGUE = sorted(c for c in CATEGORIES if c.startswith(("wish", "refuse")) or c in {"why", "stop"})


@lru_cache(maxsize=1)
def _lexicons() -> dict[str, Lexicon]:
    return read_lexicons(SERVED)


def _said(language: str, text: str, categories: tuple[str, ...] | list[str]) -> set[str]:
    folded = fold(text)
    return {category for category in categories if _lexicons()[language].says(category, folded)}


@lru_cache(maxsize=10)
def _phrases(language: str) -> dict[str, list[str]]:
    path = PACKAGED_LEXICONS / f"{language}.yml"
    phrases: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))["phrases"]
    return phrases


@lru_cache(maxsize=1)
def _examples() -> list[tuple[str, str, str]]:
    """The sample assistant's training examples as (language, intent, text)."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                found.append((path.stem, block["intent"], line.removeprefix("- ").strip()))
    return found


@pytest.mark.parametrize("language", SERVED)
def test_lexicon_has_every_category_and_no_phrase_twice(language: str) -> None:
    phrases = _phrases(language)
    assert set(phrases) - {"imperatives_last"} == CATEGORIES
    twice = {c: [p for p in listed if listed.count(p) > 1] for c, listed in phrases.items()}
    assert not any(twice.values()), twice


@pytest.mark.parametrize("language", SERVED)
def test_lexicon_knows_how_long_a_one_line_request_is(language: str) -> None:
    assert 4 <= _lexicons()[language].one_line <= 8


def _spelled(phrase: str, pick: Callable[[list[str]], str]) -> str:
    """One text that `phrase` describes, taking the alternative that `pick` takes."""
    while "(" in phrase:
        phrase = re.sub(r"\(([^()]*)\)", lambda m: pick(m.group(1).split("|")), phrase)
    alone = re.sub(r"(?<![\w)])\*", "2", phrase)
    return alone.replace("*", "").replace("...", " ")


@pytest.mark.parametrize("language", SERVED)
def test_lexicon_phrases_are_found_in_the_texts_that_they_spell(language: str) -> None:
    # A blank too many beside an optional word makes a phrase that nothing can ever match.
    picks: list[Callable[[list[str]], str]] = [
        lambda options: options[0],
        lambda options: options[-1],
        lambda options: min(options, key=len),
    ]
    for category, listed in _phrases(language).items():
        for phrase in listed:
            pattern = compile_phrases([phrase])
            for pick in picks:
                text = _spelled(phrase, pick)
                assert pattern.search(fold(text)), (category, phrase, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is there any way I could speak with one of your staff?"),
        ("en", "pls get a human on this"),
        ("en", "could one of your team ring me tomorrow around ten"),
        ("en", "would it be possible for someone to have a look at it for me"),
        ("en", "hello is anybody there???"),
        ("en", "can’t somebody just help me with this"),
        ("en", "what's your phone number please"),
        ("en", "if somebody from your side could just cancel it I'd be happy"),
        ("fr", "est-ce que quelqu'un peut m'appeler ?"),
        ("fr", "je veux parler à un vrai conseiller"),
        ("it", "vorrei parlare con una persona"),
        ("it", "mi potete richiamare?"),
        ("pt", "queria falar com uma pessoa"),
        ("pt", "podem ligar-me?"),
        ("nl", "ik wil graag een medewerker spreken"),
        ("nl", "kunt u mij terugbellen?"),
        ("pl", "chcę porozmawiać z człowiekiem"),
        ("pl", "prosze do mnie zadzwonic"),
        ("tr", "bir temsilciyle görüşmek istiyorum"),
        ("tr", "beni arayabilir misiniz"),
        ("de", "gibt's bei euch auch echte Menschen zum Reden?"),
        ("de", "Wäre es möglich, dass mich jemand anruft?"),
        ("de", "Wenn das jemand bei Ihnen machen könnte, wär ich froh"),
        ("de", "am liebsten würd ich das am Telefon besprechen"),
        ("de", "i hätt gern mit an menschen gredt"),
        ("de", "Chan mer bitte öpper hälfe?"),
        ("de", "ich will mit keinem Bot reden"),
        ("es", "¿Podría atenderme una persona?"),
        ("es", "ojalá alguien me lo pudiera hacer desde ahí"),
        ("es", "márquenme al celular por favor"),
        ("es", "¿me comunican con un ejecutivo?"),
        ("es", "¿me ponéis con alguien?"),
        ("es", "no quiero hablar con una máquina"),
        ("es", "si hubiera alguien que me lo arregle se lo agradecería"),
        ("ar", "لو سمحت أريد أن أتحدث مع أحد الموظفين"),
        ("ar", "ابغى اكلم احد من عندكم"),
        ("ar", "عايزة حد يساعدني"),
        ("ar", "حابة احكي مع حدا من عندكن"),
        ("ar", "دقوا علي لو سمحتوا"),
        ("ar", "خلوا واحد من عندكم يسويها"),
        ("ar", "أفضل التحدث هاتفيا"),
    ],
)
def test_lexicon_hears_a_wish_for_a_person(language: str, text: str) -> None:
    assert _said(language, text, PERSON_WISHES)
    assert not _said(language, text, ["refuse_person", "refuse_agent", "refuse_phone", "stop"])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "can someone else pick up the parcel for me?"),
        ("en", "the driver never called me"),
        ("en", "I spoke to someone yesterday and she said it was sent"),
        ("en", "how do I change my phone number"),
        ("en", "are you a real person?"),
        ("en", "please cancel my order"),
        ("en", "stop sending me newsletters"),
        ("en", "leave it with my neighbour"),
        ("fr", "quelqu'un d'autre peut récupérer le colis ?"),
        ("fr", "le livreur ne m'a pas appelé"),
        ("it", "può ritirarlo un'altra persona?"),
        ("it", "il corriere non mi ha chiamato"),
        ("pt", "outra pessoa pode levantar a encomenda?"),
        ("pt", "ontem falei com uma colega vossa e disse que saía hoje"),
        ("nl", "kan iemand anders het pakket aannemen?"),
        ("nl", "de bezorger heeft niet gebeld"),
        ("pl", "czy ktoś inny może odebrać paczkę?"),
        ("pl", "kurier nie zadzwonił"),
        ("tr", "paketi başka biri teslim alabilir mi?"),
        ("tr", "kurye beni aramadı"),
        ("de", "kann jemand anders das Paket annehmen?"),
        ("de", "der Fahrer hat nicht angerufen"),
        ("de", "ich habe gestern mit einer Mitarbeiterin gesprochen"),
        ("de", "Newsletter stoppen"),
        ("de", "Bestellung abbrechen"),
        ("de", "lassen Sie es beim Nachbarn"),
        ("de", "was passiert, wenn niemand zu Hause ist"),
        ("es", "¿puede recogerlo otra persona?"),
        ("es", "ayer hablé con una chica y me dijo que salía"),
        ("es", "si no hay nadie en casa, ¿qué pasa?"),
        ("es", "me llama la atención el precio"),
        ("es", "cancelar mi pedido"),
        ("es", "déjelo con mi vecino"),
        ("es", "no deja terminar el registro"),
        ("ar", "ممكن احد ثاني يستلم الطلب؟"),
        ("ar", "المندوب ما اتصل علي"),
        ("ar", "وصلني المنتج مكسور"),
        ("ar", "ابي واحد ثاني بدل المكسور"),
        ("ar", "الغاء الطلب 4471903"),
        ("ar", "اتركوه عند الجار"),
    ],
)
def test_lexicon_hears_no_wish_refusal_or_stop_in_other_messages(language: str, text: str) -> None:
    assert _said(language, text, DIALOGUE) == set()


@pytest.mark.parametrize(
    ("language", "text", "category"),
    [
        ("en", "please don't call me, I'm at work", "refuse_phone"),
        ("de", "rufen Sie mich bitte nicht an", "refuse_phone"),
        ("es", "prefiero no hablar por teléfono", "refuse_phone"),
        ("ar", "مش عايز مكالمات", "refuse_phone"),
        ("en", "I don't want to talk to anyone", "refuse_person"),
        ("de", "Ich möchte mit niemandem sprechen", "refuse_person"),
        ("es", "no quiero hablar con nadie", "refuse_person"),
        ("ar", "ما بدي احكي مع حدا", "refuse_person"),
        ("en", "don't send me another link", "refuse_knowledge_base"),
        ("de", "bitte keine Links mehr", "refuse_knowledge_base"),
        ("es", "no me manden más enlaces", "refuse_knowledge_base"),
        ("ar", "لا ترسلوا روابط", "refuse_knowledge_base"),
        ("en", "not another form please", "refuse_self_service"),
        ("de", "nicht schon wieder ein Formular", "refuse_self_service"),
        ("es", "no más formularios", "refuse_self_service"),
        ("ar", "ما ابي نماذج", "refuse_self_service"),
        ("en", "I'll just do it myself", "wish_self_service"),
        ("de", "das mach ich lieber selber", "wish_self_service"),
        ("es", "prefiero hacerlo yo mismo", "wish_self_service"),
        ("ar", "ابغى اسويها بنفسي", "wish_self_service"),
        ("en", "I'd rather read about it first", "wish_knowledge_base"),
        ("de", "wo kann ich das nachlesen?", "wish_knowledge_base"),
        ("es", "¿dónde puedo leer eso?", "wish_knowledge_base"),
        ("ar", "وين اقدر اقرا الشروط؟", "wish_knowledge_base"),
        ("en", "Why are you suggesting that?", "why"),
        ("de", "Warum schlagen Sie mir das vor?", "why"),
        ("es", "¿por qué me recomienda esto?", "why"),
        ("ar", "لماذا تقترح هذا؟", "why"),
        ("en", "never mind", "stop"),
        ("de", "lassen wir das", "stop"),
        ("es", "olvídelo", "stop"),
        ("ar", "انسى الموضوع", "stop"),
    ],
)
def test_lexicon_hears_refusals_wishes_why_and_stop(
    language: str, text: str, category: str
) -> None:
    assert category in _said(language, text, DIALOGUE)


@pytest.mark.parametrize(
    ("language", "text", "neutral"),
    [
        ("en", "Hello there, thank you!", True),
        ("en", "hi, I have a question about my order", True),
        ("en", "cancel 4471903", False),
        ("de", "Grüß Gott, danke schön", True),
        ("de", "Guten Tag, ich hätte eine Frage", True),
        ("de", "wo ist mein Paket", False),
        ("es", "¡Buenas tardes! Gracias", True),
        ("es", "hola, tengo una duda sobre mi pedido", True),
        ("es", "no me deja pagar", False),
        ("ar", "السلام عليكم ورحمة الله وبركاته", True),
        ("ar", "مرحبا، عندي سؤال عن الإرجاع", True),
        ("ar", "وين طلبي", False),
    ],
)
def test_lexicon_neutral_covers_greetings_and_bare_topics(
    language: str, text: str, neutral: bool
) -> None:
    assert Turn(text=text, lexicon=_lexicons()[language]).neutral is neutral


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.language in SERVED], ids=lambda case: str(case.id)
)
def test_lexicon_finds_the_wish_in_labelled_conversations_and_only_there(case: Case) -> None:
    heard = any(_said(case.language, turn.text, PERSON_WISHES) for turn in case.turns)
    assert heard is case.asks_human


@pytest.mark.parametrize("language", SERVED)
def test_lexicon_finds_wishes_in_training_examples_with_few_false_alarms(language: str) -> None:
    wished: list[bool] = []
    other: list[bool] = []
    for spoken, intent, text in _examples():
        if spoken != language or intent == "complaint":
            continue
        heard = bool(_said(language, text, PERSON_WISHES))
        (wished if intent in {"talk_to_human", "call_back"} else other).append(heard)
    assert sum(wished) / len(wished) >= 0.85
    assert sum(other) / len(other) <= 0.01


def test_read_lexicons_adds_a_hosts_own_phrases(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("phrases: {urgency: [chop chop]}\n", encoding="utf-8")
    lexicon = read_lexicons(["en"], own=tmp_path)["en"]
    assert lexicon.says("urgency", "chop chop")
    assert lexicon.says("urgency", "asap")


def test_read_lexicons_names_the_phrase_with_an_open_bracket(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("phrases: {stop: ['(a|b']}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"en\.yml: phrases\.stop: .*'\(a\|b'"):
        read_lexicons(["en"], own=tmp_path)


def test_read_lexicons_gives_an_unknown_language_an_empty_list() -> None:
    assert read_lexicons(["xx"])["xx"].count("neutral", "hello") is None
