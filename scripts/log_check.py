"""Whether the routing log can be written, asked before minutes go into training."""

from pathlib import Path

from persona_router.content.endpoint_settings import read_endpoint
from persona_router.content.errors import ContentError
from persona_router.log.errors import LogUnavailable
from persona_router.log.places import log_place
from persona_router.log.store import RoutingLog


def log_fault(endpoints: Path) -> str | None:
    """Return why the assistant cannot write into its routing log; None where it can, or has none.

    A settings file that cannot be read is left to whoever starts the programs.
    """
    try:
        broker = read_endpoint(endpoints, "event_broker")
        if broker is None or not str(broker.values.get("type")).endswith("RoutingLogBroker"):
            return None
    except ContentError:
        return None
    try:
        RoutingLog(log_place(), simulated=False).close()
    except (ContentError, LogUnavailable) as error:
        return str(error)
    return None
