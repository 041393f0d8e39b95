"""The desk's connection to a telephone service: who can be called now, and how it goes."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from starlette.types import ASGIApp

from persona_router.content.phone_numbers import NoNumber, e164
from persona_router.desk.accounts import Account
from persona_router.desk.call_reports import CallReports
from persona_router.desk.call_store import Call, CallStore
from persona_router.desk.call_watch import CallWatch
from persona_router.handoff.bookings import Bookings
from persona_router.handoff.dialling import DialError, Dialler, DiallerUnreachable
from persona_router.handoff.queue import Handoff

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Calling:
    """What a handoff's page shows of calls: the latest one, None before the first.

    `may_call` is whether the person can have the customer called now; `needs_phone` is whether
    they could if they had given their own number.
    """

    call: Call | None
    may_call: bool
    needs_phone: bool

    @property
    def seen(self) -> str:
        """What tells whether a browser has seen it."""
        return self.call.seen if self.call else ""


class PhoneLine:
    """The telephone service, with the calls that were placed by it; `clock` gives Unix seconds."""

    def __init__(
        self,
        *,
        dialler: Dialler | None,
        calls: CallStore,
        bookings: Bookings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._dialler = dialler
        self._calls = calls
        self._bookings = bookings
        self._clock = clock
        self.watch = CallWatch(dialler=dialler, calls=calls, clock=clock)

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with the address for the service's reports, if it reports."""
        dialler = self._dialler
        if dialler is None or not dialler.calls_back:
            return app
        return CallReports(app, dialler=dialler, calls=self._calls, clock=self._clock)

    def running(self) -> AbstractContextManager[None]:
        """Follow the calls in a thread of its own."""
        return self.watch.running()

    def calling(self, handoff: Handoff, account: Account) -> Calling | None:
        """Return what the person is shown of calls; None unless they hold what can be called."""
        mine = handoff.status == "claimed" and handoff.agent == account.login
        if self._dialler is None or not mine or not self.number(handoff):
            return None
        call = self._calls.last(handoff.id)
        free = not (call and call.is_running)
        return Calling(
            call=call,
            may_call=free and bool(account.profile.phone),
            needs_phone=free and not account.profile.phone,
        )

    def number(self, handoff: Handoff) -> str:
        """Return the customer's number as E.164; empty if there is none that can be called."""
        booked = self._bookings.get(handoff.id)
        try:
            return e164(booked.number if booked else handoff.request.phone_number or "")
        except NoNumber:
            return ""

    def place(self, handoff: Handoff, account: Account, attempt: str) -> None:
        """Call the agent and then the customer, once for an attempt, and never two at a time.

        Raises DialError if nobody is being called. Whether somebody is may remain unknown: then
        the call's stage says so.
        """
        if self._dialler is None:
            raise DialError("No telephone service is configured: see dial_out of endpoints.yml.")
        if not self._calls.begin(attempt, handoff.id, account.login, now=self._clock()):
            return
        customer, agent = self.number(handoff), account.profile.phone
        try:
            id = self._dialler.place(agent=agent, customer=customer, attempt=attempt)
        except DialError as error:
            if isinstance(error, DiallerUnreachable) and error.unsure:
                self._calls.told(attempt, "unknown", now=self._clock())
                return
            self._calls.refused(attempt)
            raise
        self._calls.placed(attempt, id, now=self._clock())
        log.info("call placed", extra={"handoff": handoff.id})
