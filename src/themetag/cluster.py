"""An engine on a Dask cluster that somebody runs: each of its workers is sent the model once."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from distributed import Client, KilledWorker, Worker, WorkerPlugin, get_worker
from distributed.comm.addressing import get_address_host_port
from distributed.comm.core import connect

from themetag import __version__
from themetag.artifact import load
from themetag.engines import AHEAD, Engine
from themetag.errors import InputError, ThemetagError
from themetag.worker import Task

# Seconds to wait for the scheduler's first answer, and for a worker of its.
_PATIENCE_S = 3
# Seconds without any worker after which none is expected to come back.
_ALONE_S = 5


class ModelOnWorker(WorkerPlugin):
    """The model on a worker, which need not see the disk that it came from."""

    def __init__(self, name: str, version: str, packed: bytes):
        self.name = name
        self._version = version
        self._packed = packed

    def setup(self, worker: Worker) -> None:
        """Load the model; Dask calls this on every worker, those that come later too."""
        if self._version != __version__:
            raise ImportError(f"they have themetag {__version__} and this is {self._version}")
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(io.BytesIO(self._packed)) as archive:
                archive.extractall(folder)
            self.tagger = load(folder).in_bulk()
        self.turn = Lock()


@contextmanager
def connected(model: Path, address: str) -> Iterator[Engine]:
    """Give an engine of all workers of a cluster; a chunk whose worker dies is done by another.

    Args:
        model: the model folder.
        address: where the scheduler is.

    Raises:
        InputError: when the scheduler cannot be reached, or its workers cannot tag.
        ThemetagError: when the cluster is lost, or one chunk kills worker after worker.
    """
    _silence()
    client = _client(address)
    try:
        with _model_on_workers(client, model, address) as name:
            n_threads = sum(client.nthreads().values())

            def submit(task: Task[Any, Any], sent: Any) -> Callable[[], Any]:
                with _told(address):
                    future = client.submit(_on_worker, name, task, sent, pure=False)
                return lambda: _result(future, client, address)

            yield Engine(submit, n_threads * (1 + AHEAD) - 1)
    finally:
        with suppress(OSError):  # what went wrong before matters more
            client.close(timeout=_PATIENCE_S)


def _silence() -> None:
    """Leave out what Dask and its loop log by the way: what matters is raised."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("asyncio", "distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _client(address: str) -> Client:
    try:
        # A client that cannot connect retries for long, and leaves a thread behind.
        socket.create_connection(get_address_host_port(address), _PATIENCE_S).close()
        asyncio.run(asyncio.wait_for(_greeted(address), _PATIENCE_S))
        client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except Exception as error:  # whatever comes of talking to who knows what
        message = "no Dask scheduler answers there: is it running, and is the address right?"
        raise InputError(message, address) from error
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
    except TimeoutError as error:
        client.close()
        raise InputError("the Dask cluster has no workers: start one", address) from error
    return client


async def _greeted(address: str) -> None:
    """Have a scheduler say what it is: a client waits for ever for one that says nothing."""
    comm = await connect(address, timeout=_PATIENCE_S)
    try:
        await comm.write({"op": "identity", "reply": True})
        if (await comm.read())["type"] != "Scheduler":
            raise ValueError("a part of a cluster, but not its scheduler")
    finally:
        comm.abort()


@contextmanager
def _model_on_workers(client: Client, model: Path, address: str) -> Iterator[str]:
    """Give the name under which all workers have the model; whatever happens, none keeps it."""
    name = f"themetag-{uuid4().hex}"
    try:
        _send_model(client, name, model, address)
        yield name
    finally:
        if client.status == "running":  # a cluster that was lost would be waited for
            with suppress(Exception):  # what went wrong before matters more
                client.unregister_worker_plugin(name)


def _send_model(client: Client, name: str, model: Path, address: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(model.iterdir()):
            archive.write(path, path.name)
    try:
        client.register_plugin(ModelOnWorker(name, __version__, packed.getvalue()))
    except Exception as error:  # whatever a worker says
        message = f"its workers cannot tag: {error}; install this themetag on each of them"
        raise InputError(message, address) from error


def _on_worker(name: str, task: Task[Any, Any], sent: Any) -> Any:
    model: Any = get_worker().plugins[name]
    with model.turn:  # where a worker has several threads, Python lets one at a time work anyway
        return task(model.tagger, sent)


def _result(future: Any, client: Client, address: str) -> Any:
    patience_s = _ALONE_S
    with _told(address):
        while True:
            # One that is done may still have to come, from a worker that has died meanwhile.
            with suppress(TimeoutError):
                return future.result(timeout=patience_s)
            _refuse_alone(client, address)
            patience_s *= 2  # so that what takes long to come is not begun anew for ever


def _refuse_alone(client: Client, address: str) -> None:
    """Refuse to go on without workers, once none has come back for some time."""
    try:
        client.wait_for_workers(1, timeout=_ALONE_S)
    except TimeoutError as error:
        message = "all workers of the Dask cluster are gone: start one"
        raise ThemetagError(message, address) from error


@contextmanager
def _told(address: str) -> Iterator[None]:
    """Turn what Dask raises into one line."""
    try:
        yield
    except KilledWorker as error:
        message = "some rows killed every worker that had them, perhaps for want of memory"
        raise ThemetagError(f"{message}: use a smaller --chunk", address) from error
    except (CancelledError, OSError) as error:
        raise ThemetagError("the Dask cluster was lost", address) from error
