"""Train the assistant if needed, start every program it consists of, and end them all together.

    python -m scripts.run [--port N] [--actions-port N] [--desk-port N] [--no-desk] [--train-only]

Exit status: 0 when it was asked to end, 1 when training failed or a program would not stay up,
2 for a port, an option, a settings file or a routing log that cannot be used.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from persona_router.state import STATE_VARIABLE, state_folder
from scripts.console import Console, terminal
from scripts.log_check import log_fault
from scripts.ports import port_fault
from scripts.processes import StopRequest
from scripts.programs import ACTIONS_PORT, Places, programs
from scripts.supervisor import Supervisor
from scripts.training import TrainingFailed, TrainingStopped, train, up_to_date_model

_ROOT = Path(__file__).resolve().parents[1]
_STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status after training and, unless only that was wanted, serving."""
    options = _parser().parse_args(arguments)
    console, stop = terminal(), StopRequest()
    os.chdir(options.project)
    try:
        # The programs are to share one state folder wherever each of them runs.
        os.environ[STATE_VARIABLE] = str(state_folder().resolve())
    except OSError as error:
        console.fault(f"The state folder cannot be made: {error}. Set {STATE_VARIABLE} to another.")
        return 2
    stop.listen()
    places = Places(
        host=options.host,
        rasa_port=options.port,
        actions_port=options.actions_port,
        desk_port=None if options.no_desk else options.desk_port,
    )
    if not options.train_only:
        fault = port_fault(places.ports, host=options.host) or log_fault(Path("endpoints.yml"))
        if fault:
            console.fault(fault)
            return 2
    try:
        model = _model(console, stop)
    except TrainingFailed as failure:
        console.fault(str(failure))
        return 1
    except TrainingStopped:
        console.fault("Training was stopped; the previous model is untouched.")
        return _STOPPED
    return 0 if options.train_only else _serve(places, model, console, stop)


def _model(console: Console, stop: StopRequest) -> Path:
    model = up_to_date_model()
    if model is not None:
        console.good(f"Nothing changed since the last training: {model}")
        return model
    return train(console=console, stop=stop, log=state_folder() / "logs" / "train.log")


def _serve(places: Places, model: Path, console: Console, stop: StopRequest) -> int:
    try:
        started = programs(places, model=model, state=state_folder())
    except ValueError as fault:
        console.fault(str(fault))
        return 2
    for program in started:
        _keep_one_older(program.log)
    console.step(f"Starting {', '.join(program.purpose for program in started)} ...")

    def announce() -> None:
        console.say("")
        console.say(f"Chat page  {places.chat_address}")
        if desk := places.desk_address:
            console.say(f"Desk       {desk}")
        console.say(f"Logs       {state_folder() / 'logs'}")
        console.say("Ctrl-C ends everything.")

    return Supervisor(started, console=console, stop=stop).run(announce)


def _keep_one_older(log: Path) -> None:
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make run", description=(__doc__ or "").splitlines()[0])
    for option, variable, default, owner in (
        ("--port", "PERSONA_ROUTER_PORT", "5005", "the Rasa server and the chat page"),
        ("--actions-port", ACTIONS_PORT, "5055", "the action server"),
        ("--desk-port", "PERSONA_ROUTER_DESK_PORT", "5006", "the desk"),
    ):
        parser.add_argument(
            option,
            type=_port_number,
            default=os.environ.get(variable, default),
            help=f"port of {owner}; else ${variable}, else {default}",
        )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address where the Rasa server listens: 0.0.0.0 lets other machines in "
        "(default: this machine only)",
    )
    parser.add_argument("--no-desk", action="store_true", help="start no desk")
    parser.add_argument("--train-only", action="store_true", help="train if needed, start nothing")
    parser.add_argument(
        "--project",
        type=_folder,
        default=_ROOT,
        help="folder of the assistant (default: the one this program is part of)",
    )
    return parser


def _port_number(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; give a number from 1 to 65535")
    return number


def _folder(text: str) -> Path:
    folder = Path(text)
    if not (folder / "config.yml").is_file():
        raise argparse.ArgumentTypeError(f"'{text}' holds no assistant: there is no config.yml")
    return folder.resolve()


if __name__ == "__main__":
    sys.exit(main())
