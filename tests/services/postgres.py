"""A PostgreSQL server of the tests' own: a new data folder, a free port, no password."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest

_WAIT = 15.0
_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=30")


@dataclass
class Postgres:
    """A server that can be stopped and started; `port` is on 127.0.0.1."""

    binaries: Path
    folder: Path
    port: int
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Return nothing; the server answers."""
        options = [f"-c{setting}" for setting in _SETTINGS]
        self._process = subprocess.Popen(
            _as_nobody(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-p",
                 str(self.port), "-h", "127.0.0.1", "-k", str(self.folder), *options]
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )  # fmt: skip
        end = time.monotonic() + _WAIT
        while True:
            try:
                psycopg2.connect(self.url("postgres")).close()
                return
            except psycopg2.OperationalError:
                assert time.monotonic() < end, "PostgreSQL does not start"
                time.sleep(0.05)

    def stop(self) -> None:
        """Return nothing; every connection is broken."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_WAIT)
            self._process = None

    def url(self, database: str, user: str = "tester", password: str = "") -> str:
        """Return the address of a database."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Return the rows of a statement, an empty list for one without any."""
        with closing(psycopg2.connect(self.url(database))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Give a running server; without the programs, skip, or fail where CI=true."""
    binaries = _binaries()
    if binaries is None:
        told = "These tests need PostgreSQL: apt-get install postgresql."
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    folder = Path(tempfile.mkdtemp(prefix="postgres."))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "nobody")
        made = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "tester"]
        made += ["-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"]
        subprocess.run(_as_nobody(made), check=True, capture_output=True, cwd=folder)
        server = Postgres(binaries=binaries, folder=folder, port=_free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve())
    return max(found).parent if found else None


def _as_nobody(command: Sequence[str]) -> list[str]:
    """Return the command as another user than root, whom PostgreSQL refuses."""
    if os.getuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
