"""`persona-router init`: starter files in somebody's own assistant, or those of a new language."""

import argparse
import re
import shutil
import sys
from pathlib import Path

from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.content.policies import DEFAULT_POLICY
from persona_router.content.text_files import OWN, PACKAGED
from persona_router.core.locale import canonical_or_none, direction

_NEXT = """
Now add to config.yml (see docs/install.md):
  importers: RasaFileImporter, persona_router.rasa.importer.PersonaRouterImporter
  pipeline:  persona_router.rasa.language.LanguageIdentifier, … routing: data/routing.yml
and replace the persona cards by your own research: these describe nobody's customers.
"""


_NEXT_FOR_LANGUAGE = """
These files are still English. Translate them, then (see docs/languages.md):
  data/routing.yml       languages, fallbacks, and a service at every route with services
  data/nlu/{code}.yml        examples of your intents
  data/responses/{code}.yml  your own replies
  data/lexicon/{code}.yml    phrase lists (docs/texts.md); the folder is `lexicon` of PersonaRouter
persona-router check names what is left to do.
"""
_KINDS = ("responses", "page", "desk", "articles")


def run(options: argparse.Namespace) -> int:
    """Copy the files that do not exist yet, say what was done, and return 0; 2 for bad input."""
    if options.language is not None:
        return _start_language(options.project, options.language)
    data = options.project / "data"
    (data / "personas").mkdir(parents=True, exist_ok=True)
    wanted = {DEFAULT_POLICY: data / "routing.yml"}
    # Cards, their drawings, and the schema by which editors know their keys.
    for file in sorted(DEFAULT_PERSONAS.iterdir()):
        wanted[file] = data / "personas" / file.name
    for source, target in wanted.items():
        if _may_create(target):
            shutil.copyfile(source, target)
    print(_NEXT)
    return 0


def _start_language(project: Path, wanted: str) -> int:
    code = canonical_or_none(wanted)
    if code is None:
        remedy = "Write a BCP 47 tag such as sv or pt-BR."
        print(f"'{wanted}' is no language. {remedy}", file=sys.stderr)
        return 2
    if (PACKAGED / "page" / f"{code}.yml").exists():
        print(f"{code}: the package has its texts. Add it to languages in data/routing.yml.")
        return 0
    for kind in _KINDS:
        target = project / OWN / kind / f"{code}.yml"
        target.parent.mkdir(parents=True, exist_ok=True)
        if _may_create(target):
            english = (PACKAGED / kind / "en.yml").read_text(encoding="utf-8")
            english = re.sub(r"(?m)^default:.*\n", "", english)
            english = re.sub(r"(?m)^locale:.*$", f"locale: {code}", english)
            english = re.sub(r"(?m)^dir:.*$", f"dir: {direction(code)}", english)
            target.write_text(english, encoding="utf-8")
    print(_NEXT_FOR_LANGUAGE.format(code=code))
    return 0


def _may_create(target: Path) -> bool:
    """Return whether `target` is missing, having said what becomes of it."""
    exists = target.exists()
    print(f"{'kept   ' if exists else 'created'} {target}")
    return not exists
