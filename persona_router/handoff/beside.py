"""Work that runs in a thread of its own while something else is served."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(run: Callable[[threading.Event], None], *, name: str, patience: float) -> Iterator[None]:
    """Run `run` in a thread inside a `with` block; it is handed an event that asks it to end.

    It is waited for up to `patience` seconds, and the process may end without it.
    """
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=patience)
