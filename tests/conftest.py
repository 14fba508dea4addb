"""What every test stands on: no network, and one small model trained for all of them."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from builders import tiny_corpus, tiny_recipe
from hypothesis import settings
from joblib import parallel_config

from themetag.artifact import load
from themetag.tagger import Tagger

# A busy machine is no failure.
settings.register_profile("themetag", deadline=None)
settings.load_profile("themetag")


class NetworkReached(BaseException):
    """A test tried to leave this machine; no handler of the code under test may swallow it."""


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a Unix socket is local
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        raise NetworkReached(f"{event}: {host!r}")


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(name)).is_loopback
    except ValueError:
        return False


# An audit hook sees what any library does, in whatever language it was written.
sys.addaudithook(_stay_at_home)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder, trained once; nobody writes into it."""
    from themetag.learning.train import train

    folder = tmp_path_factory.mktemp("models") / "2026.1"
    with parallel_config(backend="sequential"):  # thirty entries are fitted before a worker starts
        train(tiny_corpus(), tiny_recipe(), folder)
    return folder


@pytest.fixture(scope="session")
def tiny_tagger(tiny_model: Path) -> Tagger:
    return load(tiny_model)
