"""`Engine`: where chunks of a batch are tagged: here, in worker processes, on a Dask cluster.

Chunks go out in order and come back in order, a bounded number of them under way. For another
place, write a context manager that gives an `Engine`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from themetag.bulk import PLAIN_TEXTS
from themetag.tagger import Tagger
from themetag.worker import Task, Worker, started

Chunk = TypeVar("Chunk")
Sent = TypeVar("Sent")
Result = TypeVar("Result")

# Chunks under way for each worker beside the one at work, so that none waits while the results of
# another are written.
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Engine:
    """A place where chunks are tagged."""

    submit: Callable[[Task[Any, Any], Any], Callable[[], Any]]
    """Begins a task, which is a function of a module and what is sent to it; gives what waits for
    its result."""
    n_ahead: int
    """How many chunks are begun before the result of the first is waited for."""

    def each(
        self, task: Task[Sent, Result], chunks: Iterable[Chunk], sent: Callable[[Chunk], Sent]
    ) -> Iterator[tuple[Chunk, Result]]:
        """Yield chunks with their results, in order.

        Args:
            task: what is done with each.
            chunks: read no further than `n_ahead` allows.
            sent: what of a chunk the task needs.
        """
        under_way: deque[tuple[Chunk, Callable[[], Result]]] = deque()
        for chunk in chunks:
            under_way.append((chunk, self.submit(task, sent(chunk))))
            if len(under_way) > self.n_ahead:
                first, result = under_way.popleft()
                yield first, result()
        for chunk, result in under_way:
            yield chunk, result()


@contextmanager
def here(tagger: Tagger) -> Iterator[Engine]:
    """Give an engine that does everything in this process, a chunk at a time.

    >>> from themetag.engines import here
    >>> with here(None) as engine:
    ...     list(engine.each(lambda _, n: n * n, [1, 2], lambda n: n + 1))
    [(1, 4), (2, 9)]
    """

    def submit(task: Task[Any, Any], sent: Any) -> Callable[[], Any]:
        result = task(tagger, sent)
        return lambda: result

    yield Engine(submit, 0)


@contextmanager
def processes(model: Path, n_jobs: int, n_plain: int | None = PLAIN_TEXTS) -> Iterator[Engine]:
    """Give an engine of worker processes, each of which loads the model once.

    They end with the block, at once whatever they are at, and when this process dies.

    Args:
        model: the model folder.
        n_jobs: how many there are.
        n_plain: how many texts each of them reads before machine code is, as for
            `Tagger.in_bulk`.
    """
    workers: list[Worker] = []
    n_begun = 0

    def submit(task: Task[Any, Any], sent: Any) -> Callable[[], Any]:
        nonlocal n_begun
        # By turns, and not whoever is free: results are waited for in order.
        worker = workers[n_begun % n_jobs]
        n_begun += 1
        worker.send(task, sent)
        return worker.receive

    try:
        workers.extend(started(model, n_plain) for _ in range(n_jobs))
        yield Engine(submit, n_jobs * (1 + AHEAD) - 1)
    finally:
        for worker in workers:
            worker.stop()
