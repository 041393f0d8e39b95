"""`persona-router datasette`: the routing log in Datasette, to look at and not to change."""

import argparse
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from persona_router.log.places import URL_VARIABLE, log_place
from persona_router.log.sqlite import FilePlace

METADATA = Path(__file__).resolve().parents[1] / "defaults" / "datasette.json"
_INSTALL = "Datasette is not installed: pip install persona-router[datasette]"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `datasette`."""
    shown = commands.add_parser("datasette", help="look at the routing log with Datasette")
    shown.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    shown.add_argument("--port", type=_port, default=8001, help="default: %(default)s")
    shown.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the log until Ctrl-C and return Datasette's exit status, or 1 where it cannot be."""
    place = log_place()
    if not isinstance(place, FilePlace):
        print(f"{URL_VARIABLE}: Datasette reads SQLite only. Use psql.", file=sys.stderr)
        return 1
    log = place.path
    if not log.exists():
        print(f"{log}: There is no routing log yet. Start the assistant first.", file=sys.stderr)
        return 1
    if find_spec("datasette") is None:
        print(_INSTALL, file=sys.stderr)
        return 1
    return subprocess.run(command(log, host=options.host, port=options.port)).returncode


def command(log: Path, *, host: str, port: int) -> list[str]:
    """Return the command that serves a log.

    It is served as it grows; Datasette opens files for reading only. No query may take longer than
    two seconds, so that nobody's slows the assistant down.
    """
    return [
        *(sys.executable, "-m", "datasette", "serve", str(log)),
        *("--metadata", str(METADATA)),
        *("--host", host, "--port", str(port)),
        *("--setting", "sql_time_limit_ms", "2000"),
        *("--setting", "allow_download", "off"),
    ]


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; write 1 to 65535")
    return int(text)
