from __future__ import annotations

from collections.abc import Iterator

import pytest
from joblib import parallel_config


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    """A few dozen entries are fitted before a worker process has started."""
    with parallel_config(backend="sequential"):
        yield
