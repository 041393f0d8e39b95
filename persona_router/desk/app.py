"""Puts the desk together: pages, forms, sign-in, and one shape for every error."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from persona_router.content.cards_labels import card_labels
from persona_router.content.connectors import ENDPOINTS
from persona_router.content.desk_replies import read_replies
from persona_router.content.policies import DEFAULT_POLICY, policy_of, read_policy
from persona_router.content.privacy_rules import redactor_of
from persona_router.core.locale import fallback_chain
from persona_router.desk.account_routes import account_routes
from persona_router.desk.account_store import AccountStore
from persona_router.desk.actions import Actions
from persona_router.desk.call_now import CallNow
from persona_router.desk.call_slots import CallSlots
from persona_router.desk.call_store import CallStore
from persona_router.desk.calls import Calls
from persona_router.desk.care import CareStore
from persona_router.desk.duty import Duty
from persona_router.desk.errors import Errors
from persona_router.desk.floor import FloorReader
from persona_router.desk.forms import Refused
from persona_router.desk.gate import Gate, SecurityHeaders
from persona_router.desk.handling import Handling
from persona_router.desk.holding import Holding
from persona_router.desk.insights import insight_routes
from persona_router.desk.live import Live
from persona_router.desk.machines import DeskCollector, Machines, desk_readiness
from persona_router.desk.operations import Operations
from persona_router.desk.pages import Pages
from persona_router.desk.personas import PersonaPages
from persona_router.desk.phone_line import PhoneLine
from persona_router.desk.queue_pages import QueuePages
from persona_router.desk.ratings import Ratings
from persona_router.desk.ready_replies import ReadyReplies
from persona_router.desk.rendering import Renderer
from persona_router.desk.retention import Retention
from persona_router.desk.session_store import SessionStore
from persona_router.desk.sessions import Sessions
from persona_router.desk.texts import DeskTexts
from persona_router.desk.watch import Watch
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.contact import Contact
from persona_router.handoff.database import Database
from persona_router.handoff.dialling import Dialler
from persona_router.handoff.queue import HandoffQueue, QueueUnavailable, UnknownHandoff
from persona_router.handoff.rasa_api import RasaApi
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.log.places import log_place
from persona_router.privacy.audit import AUDIT, AuditTrail
from persona_router.privacy.sweep import Sweep

CALLBACKS = "callbacks.sqlite"
OUTBOX = "outbox.sqlite"
"""Their names beside the desk's own file."""
STATIC_FOLDER = Path(__file__).parent / "static"

log = logging.getLogger(__name__)


def create_app(
    *,
    queue: HandoffQueue,
    rasa: RasaApi,
    database: Database,
    contact: Contact,
    secret: str,
    texts: Mapping[str, DeskTexts],
    project: Path | None = None,
    dialler: Dialler | None = None,
    clock: Callable[[], float] = time.time,
    ticks: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Return the desk; `secret` makes the tokens of its forms.

    `database` is its own file, `contact` the one that it shares with the website's channel.
    `project` is the assistant's folder, whose persona cards people can read; without it, or if
    there are none, nothing links to them. `dialler` calls customers, if anything does. `clock`
    gives Unix seconds, `ticks` seconds that never run backwards. `state.watch` and `state.line` of
    the application are to run beside it, and `state.line` takes reports of calls around it. Raises
    ContentError for a policy or ready replies that cannot be read.
    """
    accounts = AccountStore(database)
    audit = AuditTrail(database.path.with_name(AUDIT), clock=clock)
    sessions = Sessions(store=SessionStore(database), secret=secret, clock=clock)
    has_cards = project is not None and any((project / "data" / "personas").glob("*.yml"))
    card_lists = {locale: card_labels(locale)("all_cards") for locale in texts} if has_cards else {}
    renderer = Renderer(texts=texts, sessions=sessions, clock=clock, card_lists=card_lists)
    errors = Errors(renderer)
    policy_file = policy_of(project) if project else DEFAULT_POLICY
    policy = read_policy(policy_file)
    care = CareStore(database, redactor=redactor_of(policy))
    bookings = Bookings(database.path.with_name(CALLBACKS), clock=clock)
    slots = CallSlots(policy=policy, bookings=bookings, clock=clock)
    floor = FloorReader(
        queue=queue,
        accounts=accounts,
        care=care,
        rules=policy.desk,
        bookings=bookings,
        remind_before=60.0 * policy.callbacks.remind_minutes if policy.callbacks else 0.0,
        service=slots.service,
        clock=clock,
    )
    phone_calls = CallStore(database)
    line = PhoneLine(dialler=dialler, calls=phone_calls, bookings=bookings, clock=clock)
    pages = Pages(
        queue=queue,
        rasa=rasa,
        contact=contact,
        floor=floor,
        care=care,
        replies=ReadyReplies(
            read_replies(project) if project else (),
            lambda locale: fallback_chain(locale, policy.fallbacks, policy.default_locale),
        ),
        calls=slots,
        line=line,
        renderer=renderer,
    )
    holding = Holding(queue=queue, renderer=renderer, pages=pages)
    actions = Actions(
        queue=queue,
        rasa=rasa,
        contact=contact,
        care=care,
        bookings=bookings,
        renderer=renderer,
        pages=pages,
        holding=holding,
        clock=clock,
    )
    calls = Calls(
        bookings=bookings,
        slots=slots,
        rasa=rasa,
        care=care,
        renderer=renderer,
        holding=holding,
        clock=clock,
    )
    call_now = CallNow(
        queue=queue, line=line, slots=slots, renderer=renderer, pages=pages, holding=holding
    )
    handling = Handling(
        queue=queue,
        rasa=rasa,
        contact=contact,
        floor=floor,
        care=care,
        renderer=renderer,
        pages=pages,
        holding=holding,
        clock=clock,
    )
    live = Live(
        queue=queue,
        rasa=rasa,
        contact=contact,
        floor=floor,
        sessions=sessions,
        calls=phone_calls,
        files=(
            database.path,
            bookings.path,
            *((queue.path,) if isinstance(queue, SqliteHandoffQueue) else ()),
        ),
    )
    watch = Watch(
        queue=queue,
        rasa=rasa,
        floor=floor,
        care=care,
        retention=Retention(
            queue=queue,
            care=care,
            contact=contact,
            days=policy.desk.keep_closed_days,
            sweep=Sweep(
                database.path.parent,
                keep=policy.privacy.keep_days,
                endpoints=(project or Path()) / ENDPOINTS,
                unanswered_days=policy.privacy.unanswered_days,
            ),
        ),
        words=renderer.customer_texts,
        clock=clock,
    )
    account_pages = account_routes(
        accounts, audit=audit, sessions=sessions, renderer=renderer, clock=clock, ticks=ticks
    )
    insights = insight_routes(
        log_place(database.path.parent),
        queue=queue,
        project=project,
        policy=policy,
        policy_file=policy_file,
        renderer=renderer,
        clock=clock,
    )
    machines = Machines(
        collector=DeskCollector(floor=floor, outbox=database.path.with_name(OUTBOX)),
        readiness=desk_readiness(
            queue=queue, database=database.path, policy=policy_file, ticks=ticks
        ),
    )
    app = Starlette(
        routes=[
            *QueuePages(floor=floor, renderer=renderer).routes(),
            *pages.routes(),
            *actions.routes(),
            *handling.routes(),
            *calls.routes(),
            *call_now.routes(),
            *Duty(queue=queue, accounts=accounts, floor=floor, actions=actions).routes(),
            *live.routes(),
            *account_pages,
            *Operations(floor=floor, renderer=renderer, policy=policy).routes(),
            *insights,
            *Ratings(contact=contact, floor=floor, renderer=renderer).routes(),
            *(PersonaPages(project=project, renderer=renderer).routes() if project else ()),
            *machines.routes(),
            Mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static"),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Gate, sessions=sessions, refuse=errors.refuse),
        ],
        exception_handlers={
            Refused: errors.refused,
            HTTPException: errors.http,
            UnknownHandoff: errors.unknown,
            QueueUnavailable: errors.queue,
            Exception: errors.unforeseen,
        },
    )
    app.state.sessions = sessions
    app.state.audit = audit
    app.state.watch = watch
    app.state.line = line
    return app
