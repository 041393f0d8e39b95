"""Signed session tokens: only the browser that got a conversation can come back to it."""

import hashlib
import hmac
import secrets as randomness


def new_session(secret: str) -> str:
    """Return a token for a new conversation: its id and a signature, URL-safe."""
    conversation = randomness.token_hex(16)
    return f"{conversation}.{_signature(conversation, secret)}"


def conversation_of(token: object, secret: str) -> str | None:
    """Return the conversation id of a token that we signed; None for any other value."""
    if not isinstance(token, str) or len(token) > 200 or not token.isascii():
        return None
    conversation, _, signature = token.partition(".")
    expected = _signature(conversation, secret)
    genuine = hmac.compare_digest(signature.encode(), expected.encode())
    return conversation if conversation and genuine else None


def _signature(conversation: str, secret: str) -> str:
    return hmac.new(secret.encode(), conversation.encode(), hashlib.sha256).hexdigest()
