"""What the routing log raises, wherever it is kept."""


class LogUnavailable(OSError):
    """The log cannot be read or written now, or is no usable log; its text is one line."""


class Unwritable(ValueError):
    """What was to be written can never be written as it is."""


class NewerLog(Exception):
    """The log was written by a later release."""


class MixedLog(Exception):
    """Real and simulated conversations would come into one log."""
