"""Reads `event_broker` of endpoints.yml as Rasa does, for the other end of the queue."""

from pathlib import Path
from typing import Any, Dict, List, Optional, Union

import yaml
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

CHOICES = "Choose from pika, kafka."


class QueueFault(Exception):
    """The section cannot be used; the text is one line with the remedy."""


def read_event_broker(path: Path) -> EndpointConfig:
    """Return the section, with environment variables in place. Raises QueueFault."""
    if not path.is_file():
        raise QueueFault(f"{path}: no such file. Name the assistant's with --endpoints.")
    try:
        section = read_endpoint_config(str(path), "event_broker")
    except (RasaException, yaml.YAMLError, OSError, TypeError, AttributeError) as error:
        detail = " ".join(str(error).split()) or type(error).__name__
        raise QueueFault(f"{path}: event_broker cannot be read: {detail}") from error
    if section is None:
        raise QueueFault(f"{path}: event_broker is missing. {CHOICES}")
    kind = kind_of(section)
    if kind not in ("pika", "kafka"):
        raise QueueFault(f"{path}: event_broker.type: '{section.type}' has no queue. {CHOICES}")
    if not section.url:
        raise QueueFault(f"{path}: event_broker.url is missing. Write the server's address.")
    return section


def kind_of(section: EndpointConfig) -> str:
    """Return the type in small letters; as for Rasa, a section without one is pika's."""
    return (section.type or "pika").lower()


def chosen_queue(settings: Dict[str, Any], wanted: Optional[str]) -> str:
    """Return the one queue to read. Raises QueueFault where it is open which.

    Each queue holds all events, and another program may be reading one of them.
    """
    named: Union[str, List[str]] = settings.get("queues") or ["rasa_core_events"]
    queues = [named] if isinstance(named, str) else list(named)
    if wanted is None and len(queues) == 1:
        return queues[0]
    if wanted not in queues:
        asked = f"--queue: '{wanted}'" if wanted is not None else "--queue is missing"
        raise QueueFault(f"{asked}. Choose from {', '.join(queues)}.")
    return wanted
