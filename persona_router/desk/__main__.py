"""Starts the desk: `python -m persona_router.desk`."""

import sys

from persona_router.desk.server import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
