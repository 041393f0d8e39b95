"""Handing over to people: the plugin's own actions, served by this assistant's action server."""

from persona_router.rasa.handoff_actions import (
    ActionEndHandoff,
    ActionHandoff,
    ActionRequestCallback,
    ValidateCallbackForm,
)

__all__ = ["ActionEndHandoff", "ActionHandoff", "ActionRequestCallback", "ValidateCallbackForm"]
