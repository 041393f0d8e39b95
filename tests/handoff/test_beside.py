import threading

import pytest

from persona_router.handoff.beside import beside


def test_work_runs_beside_the_block_and_is_asked_to_end() -> None:
    began, ended = threading.Event(), threading.Event()

    def run(stop: threading.Event) -> None:
        began.set()
        stop.wait()
        ended.set()

    with beside(run, name="tested", patience=10.0):
        assert began.wait(10)
        assert not ended.is_set()
        assert any(thread.name == "tested" for thread in threading.enumerate())
    assert ended.is_set()


def test_work_ends_although_the_block_fails() -> None:
    ended = threading.Event()

    def run(stop: threading.Event) -> None:
        stop.wait()
        ended.set()

    with pytest.raises(ZeroDivisionError), beside(run, name="tested", patience=10.0):
        raise ZeroDivisionError
    assert ended.is_set()
