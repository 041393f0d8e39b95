"""Compare the sample assistant with the one that `rasa init` makes, in the same conversation.

    python -m bench.turns [--quick] [--repetitions N]

Both are trained from nothing, started and talked to in turns over REST, on loopback only. Prints a
table and writes bench/results/<time>.json. Exit status 1 if one of them does not work.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.assistants import (
    DEFAULT,
    OURS,
    Assistant,
    copy_of_ours,
    rasas_default,
    require_rasas_defaults,
    trained,
)
from bench.conversation import MESSAGES, Customer, Reply, ServerFault, message
from bench.report import TURNS_SHOWN, Measured, figures, ratio, table, write
from bench.servers import Server, start
from persona_router.state import state_folder
from scripts.console import Console, terminal
from scripts.processes import StopRequest

_ROOT = Path(__file__).resolve().parents[1]
_WARM_UP = ("good evening", "what are your opening hours?", "bye bye")
_LONGEST_RUN_SECONDS = 900.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status after measuring both assistants."""
    options = _parser().parse_args(arguments)
    options.starts = 1 if options.quick else 3
    options.repetitions = options.repetitions or (2 if options.quick else 5)
    console, stop = terminal(), StopRequest()
    stop.listen()
    os.chdir(options.project)
    cache = (state_folder() / "bench").resolve()
    cache.mkdir(exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="persona-router-bench-") as workshop:
        try:
            assistants = _assistants(options, Path(workshop), cache, console, stop)
            measured = _measure(assistants, cache, options, console, stop)
        except ServerFault as fault:
            console.fault(f"Benchmark: {fault}")
            return 1
    result = _result(assistants, measured, options, time.monotonic() - began)
    console.say("")
    console.say(_table(result))
    console.say(f"\n{write(result, Path('bench', 'results'))}")
    return 0


def _assistants(
    options: argparse.Namespace, workshop: Path, cache: Path, console: Console, stop: StopRequest
) -> tuple[Assistant, Assistant]:
    console.step("Training both assistants with an empty cache")
    ours, default = (
        trained(name, folder, cache=cache, reuse=options.quick, console=console, stop=stop)
        for name, folder in (
            (OURS, copy_of_ours(options.project, workshop)),
            (DEFAULT, rasas_default(workshop)),
        )
    )
    require_rasas_defaults(default)
    return ours, default


def _measure(
    assistants: tuple[Assistant, Assistant],
    cache: Path,
    options: argparse.Namespace,
    console: Console,
    stop: StopRequest,
) -> tuple[Measured, Measured]:
    measured = tuple(Measured(turns=[[] for _ in range(max(TURNS_SHOWN))]) for _ in assistants)
    servers: list[Server] = []
    try:
        for last in (number == options.starts for number in range(1, options.starts + 1)):
            for position, assistant in enumerate(assistants):
                server = start(assistant, ours=position == 0, logs=cache, stop=stop)
                servers.append(server)
                measured[position].starts.append(server.start_seconds)
                console.step(f"  {server.name}: answers after {server.start_seconds:.1f} s")
                if not last:
                    servers.remove(server)
                    server.stop(stop)
        _talk(servers, measured, options.repetitions, console, stop)
        for server, of_server in zip(servers, measured, strict=True):
            of_server.rss_mb = server.rss_mb()
            of_server.helpers_rss_mb = server.helpers_rss_mb()
    finally:
        for server in servers:
            server.stop(stop)
    return measured[0], measured[1]


def _talk(
    servers: Sequence[Server],
    measured: Sequence[Measured],
    repetitions: int,
    console: Console,
    stop: StopRequest,
) -> None:
    for server in servers:
        customer = Customer(server.port)
        for text in _WARM_UP:
            _say(server, customer, text)
        customer.hang_up()
    cpu = [server.cpu_seconds() for server in servers]
    deadline = time.monotonic() + _LONGEST_RUN_SECONDS
    for repetition in range(repetitions):
        console.step(f"  conversation {repetition + 1} of {repetitions} ...")
        customers = [Customer(server.port) for server in servers]
        for turn in range(max(TURNS_SHOWN)):
            # Alternating who goes first shares out whatever else the machine is doing.
            order = (0, 1) if (turn + repetition) % 2 == 0 else (1, 0)
            for position in order:
                if stop.asked or time.monotonic() > deadline:
                    raise ServerFault(
                        "stopped" if stop.asked else "the conversations take too long"
                    )
                text = message(turn, conversation=repetition, longest=max(TURNS_SHOWN))
                reply = _say(servers[position], customers[position], text)
                measured[position].turns[turn].append(reply.milliseconds)
                measured[position].asked += 1
                measured[position].answered += reply.messages > 0
        for customer in customers:
            customer.hang_up()
    for server, before, of_server in zip(servers, cpu, measured, strict=True):
        after = server.cpu_seconds()
        if before is not None and after is not None:
            of_server.turn_cpu_ms = round((after - before) * 1000 / of_server.asked, 1)


def _say(server: Server, customer: Customer, text: str) -> Reply:
    try:
        return customer.say(text)
    except ServerFault as fault:
        status = server.rasa.poll()
        end = "" if status is None else f"; its server has ended with status {status}"
        raise ServerFault(f"{server.name}: {fault}{end}. See {server.log}.") from fault


def _result(
    assistants: tuple[Assistant, Assistant],
    measured: tuple[Measured, Measured],
    options: argparse.Namespace,
    seconds: float,
) -> dict[str, Any]:
    ours, default = (
        {
            **figures(of_one, short=len(MESSAGES)),
            "train_seconds": assistant.training.seconds,
            "train_cpu_seconds": assistant.training.cpu_seconds,
            "model_mb": round(assistant.model.stat().st_size / 2**20, 1),
            "config": assistant.config,
        }
        for assistant, of_one in zip(assistants, measured, strict=True)
    )
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 1),
        "quick": options.quick,
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "rasa": version("rasa"),
        },
        "turns": len(MESSAGES),
        "repetitions": options.repetitions,
        "starts": options.starts,
        "turn_p50_ratio": ratio(ours["turn_p50_ms"]["all"], default["turn_p50_ms"]["all"]),
        "train_ratio": ratio(ours["train_seconds"], default["train_seconds"]),
        **ours,
        "default": default,
    }


def _table(result: dict[str, Any]) -> str:
    ours, default = result, result["default"]
    rows = [
        ("turn p50, ms", ours["turn_p50_ms"]["all"], default["turn_p50_ms"]["all"]),
        *(
            (f"  at turn {n}", ours["turn_p50_ms"][str(n)], default["turn_p50_ms"][str(n)])
            for n in TURNS_SHOWN
        ),
    ]
    for name, key in (
        ("turn p95, ms", "turn_p95_ms"),
        ("turn, processor ms", "turn_cpu_ms"),
        ("training, s", "train_seconds"),
        ("training, processor s", "train_cpu_seconds"),
        ("start until /status, s", "start_seconds"),
        ("memory, MiB", "rss_mb"),
        ("memory of the actions, MiB", "actions_rss_mb"),
        ("model, MiB", "model_mb"),
    ):
        rows.append((name, ours[key], default[key]))
    return table(rows, columns=("ours", "rasa init"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick",
        action="store_true",
        help="reuse models of earlier runs, with the training times of then; start each once",
    )
    parser.add_argument(
        "--repetitions", type=int, choices=range(1, 21), metavar="N", help="conversations, 1 to 20"
    )
    parser.add_argument(
        "--project",
        type=lambda text: Path(text).resolve(),
        default=_ROOT,
        help="folder of the assistant to measure (default: the one this program is part of)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
