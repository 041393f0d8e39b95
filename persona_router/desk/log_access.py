"""What goes wrong when pages read the routing log, told to people."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from persona_router.desk.forms import Refused
from persona_router.log.filters import FilterFault

log = logging.getLogger(__name__)
Read = TypeVar("Read")


async def reading(read: Callable[..., Read], *arguments: object) -> Read:
    """Return what `read` returns, from a thread; raises Refused for an unusable log or address."""
    try:
        return await run_in_threadpool(read, *arguments)
    except FilterFault as fault:
        raise refused(fault) from fault
    except OSError as error:
        log.error("routing log unavailable: %s", error)
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "log.unavailable") from error


def refused(fault: FilterFault) -> Refused:
    """Return the fault as an answer to whoever asked."""
    key = f"log.wrong_{fault.key}"
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, key, value=fault.value)
