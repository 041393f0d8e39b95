"""Measure how well intents carry over from other languages.

    python -m bench.intents [FILE]

FILE is a CSV with the columns utterance, intent, language. Fits the intent classifier on all
training examples in data/nlu, and once more without those of each language, and prints how many
utterances of that language are then still recognised. Writes bench/results/<time>.json.
"""

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bench.report import write
from persona_router.rasa.conversation import LANGUAGE
from persona_router.rasa.encoder import SentenceEncoder
from persona_router.rasa.intents import QuickLogisticRegressionClassifier
from persona_router.rasa.ngrams import CharacterNgrams

_ROOT = Path(__file__).resolve().parents[1]
_CASES = _ROOT / "tests" / "data" / "intents.everyday.csv"
_SETTINGS = "QuickLogisticRegressionClassifier"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status after fitting and measuring."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.intents", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("file", nargs="?", type=Path, default=_CASES, metavar="FILE")
    path = parser.parse_args(arguments).file
    examples = {
        file.stem: _examples(file) for file in sorted((_ROOT / "data" / "nlu").glob("*.yml"))
    }
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    cases = {
        language: _featurized(
            [(row["utterance"], row["intent"]) for row in rows if row["language"] == language]
        )
        for language in examples
    }
    cases = {language: messages for language, messages in cases.items() if messages}
    everything = _accuracies(list(examples.values()), cases)
    print(f"{'':10}{'cases':>8}{'all':>10}{'without':>10}{'points':>10}")
    figures = {}
    for language, messages in cases.items():
        others = [those for other, those in examples.items() if other != language]
        alone = _accuracies(others, {language: messages})[language]
        lost = (everything[language] - alone) * 100
        figures[language] = {"all": everything[language], "without": alone}
        shown = f"{everything[language]:>10.3f}{alone:>10.3f}{-lost:>10.1f}"
        print(f"{language:10}{len(messages):>8}{shown}", flush=True)
    result = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "file": path.name, **figures}
    print(f"\n{write(result, Path('bench', 'results'))}")
    return 0


def _examples(file: Path) -> list[Message]:
    blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
    return _featurized(
        [
            (line.removeprefix("- "), block["intent"])
            for block in blocks
            for line in block["examples"].splitlines()
        ]
    )


def _featurized(labelled: Sequence[tuple[str, str]]) -> list[Message]:
    messages = [Message({TEXT: text, INTENT: intent}) for text, intent in labelled]
    for featurizer in (SentenceEncoder, CharacterNgrams):
        config = _configured(featurizer.__name__, featurizer.get_default_config())
        featurizer(config, featurizer.__name__).process(messages)
    return messages


def _accuracies(
    examples: Sequence[Sequence[Message]], cases: dict[str, list[Message]]
) -> dict[str, float]:
    """Return the share of right intents by language, after fitting on `examples`."""
    context = ExecutionContext(GraphSchema({}))
    config = _configured(_SETTINGS, QuickLogisticRegressionClassifier.get_default_config())
    with tempfile.TemporaryDirectory(prefix="persona-router-bench-") as folder:
        classifier = QuickLogisticRegressionClassifier.create(
            config, LocalModelStorage(Path(folder)), Resource("intents"), context
        )
        classifier.train(TrainingData([message for those in examples for message in those]))
        shares = {}
        for language, messages in cases.items():
            known = {LANGUAGE: {"code": language}}  # by the conversation, or the browser
            asked = [Message({TEXT: m.get(TEXT), **known}, features=m.features) for m in messages]
            classifier.process(asked)
            right = [
                a.get(INTENT)["name"] == m.get(INTENT) for a, m in zip(asked, messages, strict=True)
            ]
            shares[language] = sum(right) / len(right)
    return shares


def _configured(component: str, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the component's settings as config.yml gives them, over its defaults."""
    pipeline = yaml.safe_load((_ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    for step in pipeline:
        if step["name"].rsplit(".", 1)[-1] == component:
            return {**defaults, **{k: v for k, v in step.items() if k != "name"}}
    return defaults


if __name__ == "__main__":
    sys.exit(main())
