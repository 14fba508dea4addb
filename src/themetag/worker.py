"""A worker process: `python -m themetag.worker MODEL N_PLAIN`, which does tasks until nobody asks.

Tasks come through its standard input and results leave through its standard output. It is in a
session of its own, so that Ctrl-C in a terminal reaches only the process that began it; when that
ends, for whatever reason, so does the standard input, and the worker with it.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from themetag.artifact import load
from themetag.errors import ThemetagError
from themetag.tagger import Tagger

Sent = TypeVar("Sent", contravariant=True)
Result = TypeVar("Result", covariant=True)

Task = Callable[[Tagger, Sent], Result]


class Worker:
    """A worker process, seen from the one that began it."""

    def __init__(self, process: subprocess.Popen[bytes], inbox: Connection, outbox: Connection):
        self._process = process
        self._inbox = inbox
        self._outbox = outbox

    def send(self, task: Task[Any, Any], sent: Any) -> None:
        """Begin a task; it is done after those that were begun before.

        Raises:
            ThemetagError: when the process has died.
        """
        try:
            self._inbox.send((task, sent))
        except OSError as error:
            raise self._died() from error

    def receive(self) -> Any:
        """Wait for the result of the first task whose result was not received yet.

        Raises:
            ThemetagError: when the process has died.
        """
        try:
            result, error = self._outbox.recv()
        except (OSError, EOFError) as fault:
            raise self._died() from fault
        if error:
            raise error
        return result

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._inbox.close()
        self._process.kill()
        self._process.wait()
        self._outbox.close()

    def _died(self) -> ThemetagError:
        status = self._process.wait()
        return ThemetagError(
            f"a worker process died (status {status}), perhaps for want of memory: "
            "use fewer --jobs or a smaller --chunk"
        )


def started(model: Path, n_plain: int | None) -> Worker:
    """Begin a worker; it loads the model while others are begun."""
    told = [str(model), json.dumps(n_plain)]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "themetag.worker", *told],  # -P: nothing from this folder
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin and process.stdout  # as asked for
    inbox = Connection(os.dup(process.stdin.fileno()), readable=False)
    outbox = Connection(os.dup(process.stdout.fileno()), writable=False)
    process.stdin.close()
    process.stdout.close()
    return Worker(process, inbox, outbox)


def main() -> None:
    """Do tasks until nobody asks."""
    inbox, outbox = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # what a library prints is no result
    tasks: queue.SimpleQueue[tuple[Task[Any, Any], Any]] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(inbox, tasks), daemon=True).start()
    model, n_plain = sys.argv[1:]
    tagger = load(model).in_bulk(json.loads(n_plain))
    gc.freeze()  # what is alive now stays so: no look for garbage need go through it
    while True:
        task, sent = tasks.get()
        done = _done(task, tagger, sent)
        try:
            outbox.send(done)
        except OSError:  # whoever asked is gone, and nobody is left to be told
            os._exit(0)


def _take(inbox: Connection, tasks: queue.SimpleQueue[Any]) -> None:
    """Take in tasks, so that whoever sends them never waits, and end when there can be none."""
    while True:
        try:
            tasks.put(inbox.recv())
        except (EOFError, OSError):
            os._exit(0)
        except BaseException as error:  # it cannot be made out here, and somebody waits for it
            tasks.put((_fail, error))


def _fail(_: Tagger, error: BaseException) -> None:
    raise error


def _done(task: Task[Any, Any], tagger: Tagger, sent: Any) -> tuple[Any, Exception | None]:
    try:
        return task(tagger, sent), None
    except Exception as error:  # raised again where the result is received
        return None, error


if __name__ == "__main__":
    main()
