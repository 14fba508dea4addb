"""Where chunks are tagged: in order, in a bounded number, and never a worker too long.

Tasks are functions that a worker can import, and it cannot import a test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from themetag.engines import here, processes
from themetag.tagger import Tagger

TEXTS = ["Rough sleepers moved into flats.", "Bins", "", "Libraries stayed open late."]


def same(chunk: str) -> str:
    return chunk


def test_chunks_come_back_in_order_from_several_workers(tiny_model: Path) -> None:
    names = ["version", "lengths", "version", "lengths", "version"] * 5
    with processes(tiny_model, 3) as engine:
        found = list(engine.each(getattr, names, same))
    assert [chunk for chunk, _ in found] == names
    assert [result for _, result in found if isinstance(result, str)] == ["2026.1"] * 15


def test_chunks_are_read_no_further_than_some_ahead(tiny_model: Path, tiny_tagger: Tagger) -> None:
    for engine_of, n_ahead in ((here(tiny_tagger), 0), (processes(tiny_model, 2), 7)):
        read: list[str] = []
        with engine_of as engine:
            chunks = map(noted(read), ["version"] * 30)
            for i, _ in enumerate(engine.each(getattr, chunks, same)):
                assert len(read) == min(i + 1 + n_ahead, 30)


def noted(read: list[str]) -> Callable[[str], str]:
    def note(chunk: str) -> str:
        read.append(chunk)
        return chunk

    return note


def test_what_is_larger_than_a_pipe_holds_goes_both_ways(
    tiny_model: Path, tiny_tagger: Tagger
) -> None:
    """Eight chunks of some 100 KB to go and 200 KB to come back, and nobody waits for ever."""
    chunks = [[TEXTS[i % 4]] * 4_000 for i in range(8)]
    with processes(tiny_model, 1) as engine:
        for chunk, scored in engine.each(Tagger.scored, chunks, lambda chunk: chunk):
            assert np.array_equal(scored.scores, tiny_tagger.in_bulk().scored(chunk).scores)


def test_an_error_of_a_task_is_raised_here(tiny_model: Path) -> None:
    with pytest.raises(AttributeError, match="mistake"), processes(tiny_model, 1) as engine:
        list(engine.each(getattr, ["mistake"] * 3, same))


def unknown_to_workers(_: Tagger, chunk: str) -> str:
    return chunk


def test_a_task_that_a_worker_cannot_make_out_is_an_error_and_no_wait(tiny_model: Path) -> None:
    with processes(tiny_model, 1) as engine:
        with pytest.raises((ImportError, AttributeError)):
            list(engine.each(unknown_to_workers, ["bins"], same))
        assert [result for _, result in engine.each(getattr, ["version"], same)] == ["2026.1"]


def test_a_worker_whose_results_nobody_takes_ends_without_a_word(tiny_model: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "themetag.worker", str(tiny_model), "null"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        inbox = Connection(os.dup(process.stdin.fileno()), readable=False)
        inbox.send((Tagger.scored, TEXTS))
        err = process.stderr.read()  # until it ends, though more tasks could come
        inbox.close()
        process.communicate()
    assert (process.returncode, err) == (0, b"")
