"""The routing policy as the action server reads it: from its folder, anew if it has changed."""

import logging
from functools import lru_cache
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.policies import policy_of, read_policy
from persona_router.content.privacy_rules import redactor_of
from persona_router.core.policy import Policy
from persona_router.redaction import Redactor

log = logging.getLogger(__name__)


def own_policy() -> Policy:
    """Return the policy; raises ContentError for one that cannot be read."""
    path = policy_of(Path.cwd())
    return _read(path, path.stat().st_mtime_ns)


def own_redactor() -> Redactor:
    """Return what covers the policy's kinds of personal data; the usual ones if it is broken."""
    try:
        return redactor_of(own_policy())
    except ContentError as error:
        log.error("%s The usual kinds of personal data are covered.", error)
        return Redactor()


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Policy:
    return read_policy(path)
