"""themetag reads a UK local-government award submission and tags it.

>>> import themetag
>>> tagger = themetag.load()
>>> prediction = tagger.tag("We moved forty rough sleepers into flats of their own.")
>>> prediction.themes[0].label
'homelessness'

Everything else lives in the modules; these names are the ones to build on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themetag.artifact import load
    from themetag.entry import Entry
    from themetag.errors import ThemetagError
    from themetag.prediction import Prediction
    from themetag.tagger import Tagger

__all__ = ["Entry", "Prediction", "Tagger", "ThemetagError", "load"]
__version__ = "0.1.0"

_HOMES = {
    "Entry": "themetag.entry",
    "Prediction": "themetag.prediction",
    "Tagger": "themetag.tagger",
    "ThemetagError": "themetag.errors",
    "load": "themetag.artifact",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: the command line must not wait for numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module 'themetag' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
