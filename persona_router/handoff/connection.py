"""The running connection to the desk that endpoints.yml chooses."""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from starlette.types import ASGIApp

from persona_router.content.connectors import (
    ENDPOINTS,
    ChatwootSettings,
    Connector,
    WebhookSettings,
    ZammadSettings,
    read_connector,
)
from persona_router.content.endpoint_settings import Variable
from persona_router.content.errors import ContentError
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.text_files import text_folders
from persona_router.core.locale import fallback_chain
from persona_router.handoff.beside import beside
from persona_router.handoff.chatwoot import Chatwoot
from persona_router.handoff.courier import Courier
from persona_router.handoff.customers import Customers
from persona_router.handoff.embedded import EmbeddedDesk
from persona_router.handoff.notes import Labels
from persona_router.handoff.outbox import Outbox, open_outbox
from persona_router.handoff.provider import HandoffProvider, ProviderError
from persona_router.handoff.queue import HandoffError, HandoffQueue
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.signatures import is_standard_secret
from persona_router.handoff.webhook import SignedWebhook
from persona_router.handoff.webhooks import Webhooks
from persona_router.handoff.zammad import Zammad
from persona_router.reply.texts import read_texts
from persona_router.state import state_file

IDLE_SECONDS = 0.3
TROUBLE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Connection:
    """A desk elsewhere, connected: its webhooks are taken and the outbox is carried."""

    def __init__(self, *, outbox: Outbox, provider: HandoffProvider, courier: Courier) -> None:
        self._outbox = outbox
        self._provider = provider
        self._courier = courier

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with the address for the provider's webhooks added."""
        return Webhooks(app, outbox=self._outbox, provider=self._provider)

    def running(self) -> AbstractContextManager[None]:
        """Carry the outbox in a thread of its own; of several processes, one does."""
        return beside(self._run, name="courier", patience=TROUBLE_SECONDS)

    def _run(self, stop: threading.Event) -> None:
        with state_file("outbox.lock").open("w") as lock:
            while not stop.is_set() and not _locked(lock.fileno()):
                stop.wait(1.0)
            log.info("handoffs go to %s", self._provider.name)
            while not stop.is_set():
                try:
                    idle = 0.0 if self._courier.step() else IDLE_SECONDS
                except (HandoffError, ProviderError) as error:
                    log.error("the outbox has to wait: %s", error)
                    idle = TROUBLE_SECONDS
                except Exception:
                    log.exception("the outbox has to wait")
                    idle = TROUBLE_SECONDS
                stop.wait(idle)


def open_connection(
    *,
    project: Path,
    queue: HandoffQueue,
    rasa: RasaApi,
    words: Callable[[str], Labels],
    environment: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
) -> Connection | None:
    """Return the connection that the project's endpoints.yml asks for; None for the embedded desk.

    After a change to the embedded desk, there is one until everything elsewhere is ended. `words`
    gives those of the desk in a locale. Raises ContentError or QueueUnavailable.
    """
    connector = read_connector(project / ENDPOINTS)
    embedded = EmbeddedDesk(queue)
    if connector.settings is None and not state_file("outbox.sqlite").exists():
        return None
    outbox = open_outbox()
    if connector.settings is None and not outbox.unended():
        return None
    policy_file = project / "data" / "routing.yml"
    policy = read_policy(policy_file if policy_file.exists() else DEFAULT_POLICY)
    customers = Customers(
        rasa=rasa,
        texts=read_texts(text_folders("responses", project=project)),
        chain=lambda locale: fallback_chain(locale, policy.fallbacks, policy.default_locale),
        desk_words=words,
    )
    provider = make_provider(connector, words=words, environment=environment, embedded=embedded)
    courier = Courier(
        outbox=outbox,
        provider=provider,
        fallback=embedded,
        customers=customers,
        fall_back_after=connector.fall_back_after,
        catch_up_every=connector.catch_up_every,
        clock=clock,
    )
    return Connection(outbox=outbox, provider=provider, courier=courier)


def make_provider(
    connector: Connector,
    *,
    words: Callable[[str], Labels],
    environment: Mapping[str, str],
    embedded: HandoffProvider,
) -> HandoffProvider:
    """Return the provider with its secrets; raises ContentError if one is missing."""
    settings, labels = connector.settings, words(connector.language)

    def secret(variable: Variable) -> str:
        return variable.value(environment)

    def standard_secret(variable: Variable) -> str:
        value = secret(variable)
        if is_standard_secret(value):
            return value
        what = f"The value of {variable.name} is no secret of Standard Webhooks."
        remedy = "Write whsec_ and the base64 of 24 to 64 random bytes."
        raise ContentError(variable.file, variable.place, what, remedy)

    if isinstance(settings, ChatwootSettings):
        inbox = settings.inbox
        return Chatwoot(
            url=settings.url,
            account=settings.account,
            inbox=secret(inbox) if isinstance(inbox, Variable) else inbox,
            token=secret(settings.token),
            webhook_secret=secret(settings.webhook_secret),
            identity_secret=secret(settings.identity_secret) if settings.identity_secret else None,
            labels=labels,
        )
    if isinstance(settings, ZammadSettings):
        return Zammad(
            url=settings.url,
            group=settings.group,
            customer=settings.customer,
            token=secret(settings.token),
            webhook_secret=secret(settings.webhook_secret),
            closed_states=settings.closed_states,
            labels=labels,
        )
    if isinstance(settings, WebhookSettings):
        return SignedWebhook(
            url=settings.url,
            signing_secret=standard_secret(settings.signing_secret),
            webhook_secret=standard_secret(settings.webhook_secret),
            allow_private_network=settings.allow_private_network,
        )
    return embedded


def _locked(descriptor: int) -> bool:
    """Return whether this process holds the lock now; a dead one lets go of it by itself."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
