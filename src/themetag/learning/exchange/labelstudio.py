"""Proposals as tasks of Label Studio with predictions, and its JSON export back.

A task is `data` (what is shown, and what we carry) and `predictions`, whose results name the
controls of the labelling configuration: one choice of category, any number of themes. An export
holds the same `data` and `annotations` of the same shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from themetag.codebook import Codebook
from themetag.errors import InputError
from themetag.learning.exchange.decisions import Decision, as_proposed, carried, decided, shown_text
from themetag.learning.exchange.proposals import Proposal

_TEXT, _CATEGORY, _THEMES = "text", "category", "themes"


def write_label_studio(proposals: Sequence[Proposal], codebook: Codebook) -> bytes:
    """Return a list of tasks."""
    tasks = [_task(proposal, codebook.edition) for proposal in proposals]
    return (json.dumps(tasks, indent=1, ensure_ascii=False) + "\n").encode()


def labelling_config(codebook: Codebook) -> bytes:
    """Return the labelling configuration that the tasks need."""
    lines = ["<View>", f'  <Text name="{_TEXT}" value="${_TEXT}"/>']
    for name, choice, values in (
        (_CATEGORY, "single-radio", codebook.category_names),
        (_THEMES, "multiple", codebook.theme_ids),
    ):
        if values:
            lines += [f'  <Header value="{name.capitalize()}"/>']
            lines += [f'  <Choices name="{name}" toName="{_TEXT}" choice="{choice}">']
            lines += [f"    <Choice value={quoteattr(value)}/>" for value in values]
            lines += ["  </Choices>"]
    return "\n".join([*lines, "</View>", ""]).encode()


def read_label_studio(path: Path) -> list[Decision]:
    """Read an export in the format that Label Studio calls JSON.

    Raises:
        InputError: when it is no such export, or an entry has no annotation or several that differ.
    """
    try:
        tasks = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON: {error}", path) from error
    if not isinstance(tasks, list) or not all(map(_is_task, tasks)):
        raise InputError(
            "is no list of tasks with 'data' and 'annotations'; export it from Label Studio as "
            "JSON, not JSON-MIN",
            path,
        )
    return [_decision(task, path) for task in tasks]


def _is_task(task: Any) -> bool:
    return isinstance(task, dict) and isinstance(task.get("data"), dict)


def _decision(task: Mapping[str, Any], path: Path) -> Decision:
    data = task["data"]
    chosen = {
        tuple(sorted(_choices(annotation).items()))
        for annotation in _list(task.get("annotations"))
        if isinstance(annotation, dict) and not annotation.get("was_cancelled")
    }
    if len(chosen) != 1:
        found = f"{len(chosen)} annotations that differ; keep one" if chosen else "no annotation"
        raise InputError(f"entry {data.get('entry')!r} has {found}", path)
    named = dict(chosen.pop())
    categories, themes = named.get(_CATEGORY, ()), as_proposed(named.get(_THEMES, ()), data)
    if len(categories) > 1:
        raise InputError(f"entry {data.get('entry')!r} has {len(categories)} categories", path)
    return decided(data, "".join(categories), themes, str(data.get(_TEXT) or ""), path, None)


def _choices(annotation: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the choices made, by control."""
    found = {}
    for result in _list(annotation.get("result")):
        if isinstance(result, dict) and isinstance(value := result.get("value"), dict):
            found[str(result.get("from_name"))] = tuple(map(str, _list(value.get("choices"))))
    return found


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _task(proposal: Proposal, edition: str) -> dict[str, Any]:
    results = [
        _result(name, choices)
        for name, choices in (
            (_CATEGORY, [proposal.category] if proposal.category else []),
            (_THEMES, list(proposal.proposed_themes)),
        )
        if choices
    ]
    return {
        "data": {
            _TEXT: shown_text(proposal.written.entry.text),
            **carried(proposal, edition),
            "council": proposal.council,
            "check": proposal.check,
        },
        "predictions": [
            {
                "model_version": proposal.model,
                "score": round(1 - proposal.uncertainty, 4),
                "result": results,
            }
        ],
    }


def _result(name: str, choices: list[str]) -> dict[str, Any]:
    return {
        "from_name": name,
        "to_name": _TEXT,
        "type": "choices",
        "value": {"choices": choices},
    }
