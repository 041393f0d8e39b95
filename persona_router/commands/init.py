"""`persona-router init`: a starter policy and persona cards in somebody's own assistant."""

import argparse
import shutil

from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.content.policies import DEFAULT_POLICY

_NEXT = """
Now add to config.yml (see docs/install.md):
  importers: RasaFileImporter, persona_router.rasa.importer.PersonaRouterImporter
  pipeline:  persona_router.rasa.language.LanguageIdentifier, … routing: data/routing.yml
and replace the persona cards by your own research: these describe nobody's customers.
"""


def run(options: argparse.Namespace) -> int:
    """Copy the starter files that do not exist yet, say what was done, and return 0."""
    data = options.project / "data"
    (data / "personas").mkdir(parents=True, exist_ok=True)
    wanted = {DEFAULT_POLICY: data / "routing.yml"}
    wanted.update({card: data / "personas" / card.name for card in DEFAULT_PERSONAS.glob("*.yml")})
    for source, target in wanted.items():
        if target.exists():
            print(f"kept    {target}")
        else:
            shutil.copyfile(source, target)
            print(f"created {target}")
    print(_NEXT)
    return 0
