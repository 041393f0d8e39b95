"""Calls by Twilio: https://www.twilio.com/docs/voice/api/call-resource.

The agent's phone is the call that we ask for; the customer's is a second one that its instructions
dial, https://www.twilio.com/docs/voice/twiml/dial. The first one ends as "completed" whatever
became of the second, so the outcome is that of the second.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

from persona_router.handoff.dialling import (
    REPORTS,
    RING_AGENT,
    RING_CUSTOMER,
    CallRefused,
    CredentialsRefused,
    DialError,
    DiallerUnreachable,
    NumberRefused,
    Report,
    ReportRefused,
    Stage,
)
from persona_router.handoff.provider import Delivery
from persona_router.handoff.twilio_http import READ_SECONDS, BoundedHttp

EVENTS = ("initiated", "ringing", "answered", "completed")

_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_MOST_FIELDS = 200
_T = TypeVar("_T")
# https://www.twilio.com/docs/api/errors: the number that is called does not exist, is no phone,
# cannot be reached, may not be called from this account or from a trial.
_NUMBER_CODES = (13223, 13224, 21211, 21214, 21215, 21216, 21217, 21219)
_AGENT: Mapping[str, Stage] = {
    "queued": "calling_agent",
    "initiated": "calling_agent",
    "ringing": "calling_agent",
    "in-progress": "calling_customer",
    "busy": "agent_missed",
    "no-answer": "agent_missed",
    "failed": "agent_missed",
    "canceled": "agent_missed",
}
_CUSTOMER: Mapping[str, Stage] = {
    "queued": "calling_customer",
    "initiated": "calling_customer",
    "ringing": "calling_customer",
    "in-progress": "talking",
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    # The agent has hung up while the customer's phone was still ringing.
    "canceled": "no_answer",
}

log = logging.getLogger(__name__)


class TwilioCalls:
    """One account; `number` is what both phones show, `public_url` is the desk's in the internet.

    Without a `public_url` Twilio reports nothing by itself.
    """

    name = "twilio"

    def __init__(
        self,
        *,
        account: str,
        token: str,
        number: str,
        longest_call: int,
        public_url: str | None,
        url: str,
        public_only: bool = True,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        # The library would choose another host by variables of the environment.
        self._client = Client(
            account,
            token,
            http_client=BoundedHttp(public_only=public_only, read_seconds=read_seconds),
            environment={"TWILIO_REGION": "", "TWILIO_EDGE": ""},
        )
        self._client.api.base_url = url
        self._validator = RequestValidator(token)
        self._number = number
        self._public_url = public_url
        self.longest_call = float(longest_call)
        self.calls_back = public_url is not None

    def place(self, *, agent: str, customer: str, attempt: str) -> str:
        """Return the SID of the call to the agent."""
        options: dict[str, Any] = {}
        if self._public_url is not None:
            options = {
                "status_callback": self._callback(attempt),
                "status_callback_method": "POST",
                "status_callback_event": list(EVENTS),
            }
        made = self._asked(
            lambda: self._client.calls.create(
                to=agent,
                from_=self._number,
                twiml=self._instructions(customer, attempt),
                timeout=RING_AGENT,
                time_limit=int(self.longest_call) + RING_CUSTOMER,
                **options,
            )
        )
        return _sid(made.sid)

    def stage(self, call: str) -> Stage:
        """Return the stage by the call to the agent and, once there is one, to the customer."""
        status = str(self._asked(lambda: self._client.calls(call).fetch()).status)
        if status in _AGENT and status != "in-progress":
            return _AGENT[status]
        legs = self._asked(lambda: self._client.calls.list(parent_call_sid=call, limit=1))
        over = status == "completed"
        if not legs:
            return "failed" if over else "calling_customer"
        return _CUSTOMER.get(str(legs[0].status), "calling_customer")

    def read(self, delivery: Delivery, *, attempt: str) -> Report:
        """Return what a status callback tells.

        Signed as https://www.twilio.com/docs/usage/security describes, for the address that we
        gave to Twilio, whatever a proxy has made of it.
        """
        if self._public_url is None:
            raise ReportRefused("no reports were asked for")
        try:
            fields = dict(
                parse_qsl(
                    delivery.body.decode("utf-8"),
                    keep_blank_values=True,
                    errors="strict",
                    max_num_fields=_MOST_FIELDS,
                )
            )
        except ValueError:
            raise ReportRefused("it is no form") from None
        signature = delivery.headers.get("x-twilio-signature", "")
        if not self._validator.validate(self._callback(attempt), fields, signature):
            raise ReportRefused("its signature is wrong")
        status, parent = fields.get("CallStatus", ""), fields.get("ParentCallSid", "")
        stages = _CUSTOMER if parent else _AGENT
        call = parent or fields.get("CallSid", "")
        if not _SID.fullmatch(call):
            raise ReportRefused("it names no call")
        return Report(call=call, stage=stages.get(status))

    def _instructions(self, customer: str, attempt: str) -> str:
        response = VoiceResponse()
        dial = Dial(
            caller_id=self._number,
            answer_on_bridge=True,
            timeout=RING_CUSTOMER,
            time_limit=int(self.longest_call),
        )
        reports: dict[str, Any] = {}
        if self._public_url is not None:
            reports = {
                "status_callback": self._callback(attempt),
                "status_callback_method": "POST",
                "status_callback_event": " ".join(EVENTS),
            }
        dial.number(customer, **reports)
        response.append(dial)
        return str(response)

    def _callback(self, attempt: str) -> str:
        return f"{self._public_url}{REPORTS}{attempt}"

    def _asked(self, ask: Callable[[], _T]) -> _T:
        """Return what the library answers; its errors quote what was sent, ours do not."""
        problem: DialError
        try:
            return ask()
        except DialError as error:
            problem = error
        except TwilioRestException as error:
            problem = _refusal(error.status, error.code)
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            told = "The telephone service sent what cannot be read."
            problem = DiallerUnreachable(told, unsure=True)
        log.warning("%s", problem)
        raise problem


def _refusal(status: int, code: int | None) -> DialError:
    told = f"The telephone service answered with HTTP {status}"
    if code and code != status:
        told += f", error {code}"
    if status in (401, 403):
        return CredentialsRefused(f"{told}: check account and token of dial_out.")
    if code in _NUMBER_CODES:
        return NumberRefused(f"{told}: it does not call the agent's number.")
    if status == 404:
        return CallRefused(f"{told}: check account and url of dial_out.")
    return CallRefused(f"{told}: check from of dial_out, and what the account may do.")


def _sid(value: object) -> str:
    if not isinstance(value, str) or not _SID.fullmatch(value):
        told = "The telephone service's answer has no id."
        raise DiallerUnreachable(told, unsure=True)
    return value
