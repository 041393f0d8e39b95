"""Where the content of a model's routing stands before training, by its name in the model."""

from pathlib import Path
from typing import Any, Dict, Optional

from persona_router.content.compared_policy import compared_file
from persona_router.content.errors import ContentError
from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.rasa.model_files import content_path

COMPARED = "compared.yml"
"""The name of the policy that is compared with the usual one."""


def routing_paths(config: Dict[str, Any]) -> Dict[str, Path]:
    """Return files and folders that are copied into the model, as PersonaRouter's `config` says."""
    policy = content_path(config, "routing", DEFAULT_POLICY)
    paths = {
        "routing.yml": policy,
        "personas": content_path(config, "personas", DEFAULT_PERSONAS),
    }
    lexicon, compared = own_path(config, "lexicon"), _compared(policy)
    if lexicon is not None:
        paths["lexicon"] = lexicon
    if compared is not None:
        paths[COMPARED] = compared
    return paths


def own_path(config: Dict[str, Any], name: str) -> Optional[Path]:
    """Return the file or folder that a setting names; None where it names none."""
    return Path(config[name]) if config.get(name) else None


def _compared(policy: Path) -> Optional[Path]:
    try:
        return compared_file(policy, read_policy(policy))
    except ContentError:  # whoever reads the content tells the fault
        return None
