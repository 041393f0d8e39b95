"""The programs that a running assistant consists of, and the addresses where they answer."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import yaml

from persona_router.content.connectors import KEY
from persona_router.desk.database import open_desk_database
from persona_router.desk.entrance import first_page
from persona_router.logs import log_format
from persona_router.state import DEFAULT_STATE, STATE_VARIABLE, secret
from scripts.ports import Port
from scripts.supervisor import Program
from scripts.training import QUIET_RASA

ACTIONS_PORT = "PERSONA_ROUTER_ACTIONS_PORT"

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
_SERVER = Path(__file__).with_name("rasa_server.py")
_LOOPBACK = "127.0.0.1"


class BadEndpoints(ValueError):
    """`endpoints.yml` cannot be read; the text is one line with place and remedy."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the programs listen. `desk_port` None means that no desk is wanted."""

    host: str
    rasa_port: int
    actions_port: int
    desk_port: int | None

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports that have to be free."""
        wanted = [
            Port(number=self.rasa_port, wanted_by="the Rasa server", option="--port"),
            Port(number=self.actions_port, wanted_by="the action server", option="--actions-port"),
        ]
        if self.desk_port is not None:
            wanted.append(Port(number=self.desk_port, wanted_by="the desk", option="--desk-port"))
        return tuple(wanted)

    @property
    def own_host(self) -> str:
        """The address under which the programs of this machine find the Rasa server."""
        return _LOOPBACK if self.host in ("0.0.0.0", "localhost", "") else self.host

    @property
    def chat_address(self) -> str:
        """The address of the chat page, for a browser on this machine."""
        return f"http://localhost:{self.rasa_port}/chat"

    @property
    def desk_address(self) -> str | None:
        """The address at which to begin at the desk, for a browser on this machine.

        Until somebody administers the desk it is a new one-time link, which holds a secret.
        """
        if self.desk_port is None:
            return None
        return f"http://localhost:{self.desk_port}{first_page(open_desk_database())}"


def environment_for(actions_port: int, *, state: Path) -> dict[str, str]:
    """Return the environment variables that all programs of one run share."""
    return {
        **QUIET_RASA,
        STATE_VARIABLE: str(state),
        ACTIONS_PORT: str(actions_port),
        # The action server has no access control of its own, so it never leaves the machine.
        "SANIC_HOST": _LOOPBACK,
        # The products of one message are small: a second thread spends its time waiting busily,
        # which costs a turn a third of its time.
        **{name: os.environ.get(name, "1") for name in _THREADS},
        **_wide_products(Path("/proc/cpuinfo")),
    }


def _wide_products(cpuinfo: Path) -> dict[str, str]:
    """Return what lets numpy use AVX-512 where the processor has it.

    The OpenBLAS of Rasa's numpy is older than AMD's processors with it, and takes them for others.
    """
    name = "OPENBLAS_CORETYPE"
    if name in os.environ:
        return {name: os.environ[name]}
    try:
        flags = next(line for line in cpuinfo.open(encoding="utf-8") if line.startswith("flags"))
    except (OSError, StopIteration):
        return {}
    return {name: "SkylakeX"} if set(flags.split()) >= _AVX512 else {}


def programs(places: Places, *, model: Path, state: Path) -> tuple[Program, ...]:
    """Return the programs to run in the working folder; their logs are in `state`/logs.

    Raises BadEndpoints, and ValueError for a form of logs that there is not.
    """
    environment = environment_for(places.actions_port, state=state)
    logs = state / "logs"
    log_format()  # a wrong one is told here, where somebody reads it
    rasa_url = f"http://{places.own_host}:{places.rasa_port}"
    started = [
        Program(
            name="actions",
            purpose="Action server",
            # `rasa run actions` does the same after loading all of TensorFlow.
            command=(
                *(sys.executable, "-m", "rasa_sdk", "--actions", "actions"),
                *("--port", str(places.actions_port)),
            ),
            log=logs / "actions.log",
            health=f"http://{_LOOPBACK}:{places.actions_port}/health",
            environment=environment,
        ),
        Program(
            name="rasa",
            purpose="Rasa server",
            command=(
                *(sys.executable, str(_SERVER), "--model", str(model)),
                *("--interface", places.host, "--port", str(places.rasa_port)),
                *(
                    "--endpoints",
                    str(endpoints_for(places.actions_port, project=Path(), state=state)),
                ),
                *("--credentials", "credentials.yml"),
            ),
            log=logs / "rasa.log",
            health=f"{rasa_url}/status?token={quote(secret('rasa'))}",
            environment=environment,
        ),
    ]
    if places.desk_port is not None:
        started.append(
            Program(
                name="desk",
                purpose="Desk",
                command=(
                    *(sys.executable, "-m", "persona_router.desk"),
                    *("--port", str(places.desk_port), "--rasa", rasa_url, "--state", str(state)),
                ),
                log=logs / "desk.log",
                health=f"http://{_LOOPBACK}:{places.desk_port}/health",
                environment=environment,
            )
        )
    return tuple(started)


def endpoints_for(actions_port: int, *, project: Path, state: Path) -> Path:
    """Return the endpoints file for an action server on the given port and for a state folder.

    It is the project's own `endpoints.yml` if that says so already, else a copy in `state` whose
    action server and whose SQLite conversations are where this run wants them. Raises
    BadEndpoints if there is none that can be read.
    """
    own = project / "endpoints.yml"
    try:
        endpoints = yaml.safe_load(own.read_text(encoding="utf-8")) or {}
        actions = dict(endpoints.get("action_endpoint") or {})
        conversations = dict(endpoints.get("tracker_store") or {})
    except FileNotFoundError:
        raise BadEndpoints("endpoints.yml is missing. Restore it from the repository.") from None
    except (yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise BadEndpoints(f"endpoints.yml cannot be read: {reason}. Correct it.") from error
    wanted = dict(endpoints)
    # A variable in quotes is one that Rasa leaves as it is, so none is left to it.
    if not str(actions.get("url", "")).endswith(f":{actions_port}/webhook"):
        wanted["action_endpoint"] = {
            **actions,
            "url": f"http://{_LOOPBACK}:{actions_port}/webhook",
        }
    database = Path(str(conversations.get("db", "")))
    elsewhere = state.resolve() != (project / DEFAULT_STATE).resolve()
    if elsewhere and database.parts[:1] == (DEFAULT_STATE,):
        inside = state.resolve().joinpath(*database.parts[1:])
        wanted["tracker_store"] = {**conversations, "db": str(inside)}
    if wanted == endpoints:
        return own
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Rasa has no use for it, and would put secrets in place of its variables.
    wanted.pop(KEY, None)
    copy = state / "endpoints.yml"
    copy.write_text(yaml.safe_dump(wanted, allow_unicode=True), encoding="utf-8")
    return copy
