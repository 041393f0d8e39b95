"""`rasa run` with the HTTP API guarded by the assistant's own secret.

    python scripts/rasa_server.py --port 5005 --endpoints endpoints.yml …

Rasa takes the token of its HTTP API from the command line only, which every user of the machine
can read. Here the token goes from the state folder into the arguments within the process.
"""

import sys
from importlib import import_module
from pathlib import Path

from persona_router.state import secret


def main(arguments: list[str]) -> None:
    """Serve until a signal ends it; `arguments` are those of `rasa run`."""
    # Run as a file, the first place to import from is this folder instead of the assistant's.
    sys.path[0] = str(Path.cwd())
    sys.argv = ["rasa", "run", "--enable-api", f"--auth-token={secret('rasa')}", *arguments]
    import_module("rasa.__main__").main()


if __name__ == "__main__":
    main(sys.argv[1:])
