"""Custom actions for callbacks: the checks of the form, and the booking of a slot."""

import logging
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional

import phonenumbers
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from persona_router.content.errors import ContentError
from persona_router.core.locale import region_of
from persona_router.core.turn import read_metadata
from persona_router.handoff.bookings import open_bookings
from persona_router.handoff.queue import HandoffError
from persona_router.handoff.sqlite import open_queue
from persona_router.rasa.callback_times import CallbackTimes, callback_times, start_of
from persona_router.rasa.handoff_facts import handoff_request, last_decision
from persona_router.rasa.own_policy import own_policy

log = logging.getLogger(__name__)
LONGEST_TIME = 200


class ActionRequestCallback(Action):
    """Stores a request to be called, once the form knows number and time."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_request_callback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """Return the form's slots emptied, whether or not the request could be stored."""
        number, when = tracker.get_slot("phone_number"), tracker.get_slot("callback_time")
        try:
            told = _stored(tracker, str(number), str(when))
            dispatcher.utter_message(**told)
        except HandoffError:
            log.exception("the callback cannot be stored")
            dispatcher.utter_message(response="utter_callback_failed")
        return [SlotSet("callback_time", None)]


class ValidateCallbackForm(FormValidationAction):
    """Checks that a number can be dialled, and keeps the free slot that the customer chooses."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "validate_callback_form"

    def validate_phone_number(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Dict[str, Any],
    ) -> Dict[str, Any]:
        """Return the number as E.164, or None after saying what is wrong with it."""
        region = _region(tracker)
        try:
            parsed = phonenumbers.parse(str(value), region)
            if phonenumbers.is_valid_number(parsed):
                shape = phonenumbers.PhoneNumberFormat.E164
                return {"phone_number": phonenumbers.format_number(parsed, shape)}
        except phonenumbers.NumberParseException:
            pass
        example = phonenumbers.example_number(region or "GB")
        shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        dispatcher.utter_message(
            response="utter_phone_number_invalid",
            example=phonenumbers.format_number(example, shape),
        )
        return {"phone_number": None}

    def validate_callback_time(
        self,
        value: Any,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: Dict[str, Any],
    ) -> Dict[str, Any]:
        """Return the start of the slot that is now kept for the customer, in ISO 8601.

        None after saying that the time is not to be had, or not clear. The customer's own words,
        at most 200 characters, where nobody books slots, none is free, or the second answer is as
        unclear as the first: a person can read them.
        """
        said = str(value)[:LONGEST_TIME]
        try:
            found = self._slot(said, tracker)
        except HandoffError:
            log.exception("the bookings cannot be read; the customer's words are taken")
            found = said
        if found is not None:
            return {"callback_time": found, "callback_doubt": None}
        if _is_clear(said, tracker):
            dispatcher.utter_message(response="utter_callback_time_unavailable")
            return {"callback_time": None}
        if tracker.get_slot("callback_doubt"):
            return {"callback_time": said, "callback_doubt": None}
        dispatcher.utter_message(response="utter_callback_time_unclear")
        return {"callback_time": None, "callback_doubt": said}

    def _slot(self, said: str, tracker: Tracker) -> Optional[str]:
        times = _times(tracker)
        bookings = open_bookings() if times else None
        free = times.free(bookings, tracker.sender_id) if times and bookings else ()
        if times is None or bookings is None or not free:
            return said
        start = times.chosen(said, free)
        if start is None or start not in free:
            return None
        at_once = times.rules.at_once
        kept = bookings.hold(tracker.sender_id, times.line, start.timestamp(), at_once=at_once)
        return start.isoformat() if kept else None


def _stored(tracker: Tracker, number: str, when: str) -> Dict[str, Any]:
    """Return what to say of the callback, which is now in the queue and its slot booked.

    Raises HandoffError, also if the slot was given away while the customer was silent.
    """
    times, start = _times(tracker), start_of(when)
    if times is None or start is None:
        open_queue().add(handoff_request(tracker, "callback", number=number, when=when))
        return {
            "response": "utter_callback_stored",
            "phone_number": number,
            "callback_time": when,
        }
    bookings, customer = open_bookings(), tracker.sender_id
    at_once = times.rules.at_once
    if not bookings.hold(customer, times.line, start.timestamp(), at_once=at_once):
        raise HandoffError("The slot is no longer free.")
    handoff = open_queue().add(handoff_request(tracker, "callback", number=number, when=when))
    bookings.book(handoff.id, customer, number)
    return {
        "response": "utter_callback_booked",
        "phone_number": _international(number),
        "callback_time": times.told(start),
    }


def _times(tracker: Tracker) -> Optional[CallbackTimes]:
    decision = last_decision(tracker)
    try:
        policy = own_policy()
    except ContentError as error:
        log.error("%s Customers say a time in their own words.", error)
        return None
    return callback_times(
        policy,
        decision,
        decision.get("locale") or tracker.get_slot("language") or policy.default_locale,
        read_metadata((tracker.latest_message or {}).get("metadata")).timezone,
        datetime.now(timezone.utc),
    )


def _is_clear(said: str, tracker: Tracker) -> bool:
    """Return whether the customer named one time, so that it must be that nobody can call then."""
    times = _times(tracker)
    if times is None:
        return False
    spoken = times.spoken(said)
    return start_of(said) is not None or (spoken.whole and bool(spoken.clocks))


def _international(number: str) -> str:
    shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    try:
        return phonenumbers.format_number(phonenumbers.parse(number), shape)
    except phonenumbers.NumberParseException:
        return number


def _region(tracker: Tracker) -> Optional[str]:
    """Return the customer's country, by their locale, else that of the number which will call."""
    region = region_of(last_decision(tracker).get("locale") or "")
    if region is not None:
        return region
    times = _times(tracker)
    return times.region if times else None
