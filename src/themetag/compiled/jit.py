"""`compiled`: what makes machine code of a function; `kept`: what keeps it for other processes.

No sum is put into another order and no product is fused with a sum, so that the results are those
of numpy to the last bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function as part of whatever calls it."""
    made: Any = numba.njit(error_model="numpy")(function)
    return cast(Function, made)


def kept(function: Function) -> Function:
    """Compile a function that Python calls, and keep the machine code.

    It stands beside the source or in the user's cache folder. Where neither can be written, every
    process compiles anew.
    """
    try:
        made: Any = numba.njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # there is no place for it
        made = compiled(function)
    return cast(Function, made)


def sources() -> str:
    """Return what changes when any function of this folder does.

    What is kept is found again by the file and the enclosed names of the function that Python
    calls; that those it calls have changed is seen by a name of this value alone.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
