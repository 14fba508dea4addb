"""A drift as JSON, for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from themetag.learning.drift.expectation import Expected
from themetag.learning.drift.found import Drift, Group, Word

_DECIMALS = 4


def as_json(drift: Drift) -> dict[str, Any]:
    """Return what was found as the JSON object that the command line prints.

    Shares and probabilities are 0 to 1, everything is rounded to four places:

    ```
    {"table", "corpus", "model",
     "entries": {"rows", "faulty", "not_drawn", "repeated", "in_corpus", "new", "known",
                 "median_words_new", "median_words_known"},
     "unlikeness": {"auc", "p", "alarm", "by_chance",
                    "words_new": [{"word", "n_new", "n_known"}, …], "words_known": […]},
     "new_words": [{"word", "n_new", "n_known", "log_odds", "p", "in_model", "n_without_theme",
                    "theme" | null}, …],
     "expected": {"n", "declined", "seen",
                  "category": {"top1", "top3"}, "themes": {"precision", "micro_f1"},
                  "notes": ["…", …]},
     "unexplained": {"n", "share_known" | null,
                     "groups": [{"n", "words", "ids", "titles", "nearest", "probability"}, …]}}
    ```

    Each expected figure is `{"value", "low", "high", "n"}`; none is there where the model does not
    give what it is about, or answers nothing.
    """
    return {
        "table": drift.table.name,
        "corpus": drift.corpus,
        "model": drift.model,
        "entries": _entries(drift),
        "unlikeness": _unlikeness(drift),
        "new_words": [_word(word) for word in drift.words],
        "expected": {
            "n": int(drift.said.counted.sum()),
            "declined": int(drift.said.declined.sum()),
            "seen": int((~drift.said.fair).sum()),
            "category": _figures(drift.expectation.category),
            "themes": _figures(drift.expectation.themes),
            "notes": list(drift.notes),
        },
        "unexplained": {
            "n": int(drift.said.without_theme.sum()),
            "share_known": None if drift.share_known is None else _rounded(drift.share_known),
            "groups": [_group(group) for group in drift.groups],
        },
    }


def _entries(drift: Drift) -> dict[str, int]:
    new, known = drift.median_words()
    return {
        "rows": drift.table.n_rows,
        "faulty": len(drift.table.faulty_lines),
        "not_drawn": drift.table.n_not_drawn,
        "repeated": drift.sides.n_repeated,
        "in_corpus": drift.sides.n_known_already,
        "new": len(drift.sides.new),
        "known": len(drift.sides.known),
        "median_words_new": new,
        "median_words_known": known,
    }


def _unlikeness(drift: Drift) -> dict[str, Any]:
    found = drift.unlikeness
    return {
        "auc": _rounded(found.auc),
        "p": _rounded(found.p),
        "alarm": found.is_alarm,
        "by_chance": _rounded(found.by_chance),
        "words_new": [asdict(word) for word in found.words_new],
        "words_known": [asdict(word) for word in found.words_known],
    }


def _word(word: Word) -> dict[str, Any]:
    return {
        "word": word.found.word,
        "n_new": word.found.n_new,
        "n_known": word.found.n_known,
        "log_odds": _rounded(word.found.log_odds),
        "p": _rounded(word.found.p),
        "in_model": word.is_in_model,
        "n_without_theme": word.n_without_theme,
        "theme": word.theme,
    }


def _figures(figures: Mapping[str, Expected]) -> dict[str, Any]:
    return {
        name: {
            "value": _rounded(figure.value),
            "low": _rounded(figure.low),
            "high": _rounded(figure.high),
            "n": figure.n,
        }
        for name, figure in figures.items()
    }


def _group(group: Group) -> dict[str, Any]:
    row = asdict(group) | {"probability": _rounded(group.probability)}
    return {"n": len(group.ids)} | {
        name: list(value) if isinstance(value, tuple) else value for name, value in row.items()
    }


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)
