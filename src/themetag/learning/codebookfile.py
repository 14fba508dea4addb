"""A codebook.toml as somebody wrote it → `Codebook`, its slips of the pen refused by name.

A model's own codebook.json is read by `Codebook` itself, which passes over what it does not know:
a newer themetag may have written it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from themetag.codebook import Codebook
from themetag.errors import CodebookError
from themetag.labels import Alias, Label, Legacy

_KINDS = {"category": Label, "theme": Label, "legacy": Legacy}
# `rules` are for the people who code entries.
_TOP = ("version", "rules", *_KINDS)


def read_codebook(path: Path) -> Codebook:
    """Read a codebook.toml.

    Raises:
        CodebookError: when it cannot be read, has a key that means nothing or breaks its own rules.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for where, keys, known in _keys(data):
            _refuse_unknown(where, keys, known)
        book = Codebook.from_mapping(data)
        for legacy in book.legacy:
            for name in legacy.into:
                _check_candidate(book, legacy.name, name)
    except (OSError, ValueError) as error:
        raise CodebookError(f"the codebook cannot be read: {error}", path) from error
    except CodebookError as error:
        raise CodebookError(error.message, path) from error
    return book


def _keys(data: Mapping[str, Any]) -> Iterator[tuple[str, Collection[str], Collection[str]]]:
    """Yield what each table is, the keys it has and those it may have; the whole file last.

    Parts of the wrong kind are passed over: `Codebook` refuses them.
    """
    for kind, made in _KINDS.items():
        for row in _tables(data.get(kind)):
            where = f"{kind} {row.get('name', row.get('id', ''))!r}"
            yield where, row, _names(made)
            for alias in _tables(row.get("aliases")):
                yield f"an alias of {where}", alias, _names(Alias)
    yield "the codebook", data, _TOP


def _tables(part: Any) -> list[Mapping[str, Any]]:
    return [row for row in part if isinstance(row, dict)] if isinstance(part, list) else []


def _names(made: type[Alias | Label | Legacy]) -> list[str]:
    return [field.name for field in fields(made)]


def _refuse_unknown(where: str, keys: Collection[str], known: Collection[str]) -> None:
    for key in keys:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"it may have {', '.join(known)}"
            raise CodebookError(f"{where} has the key {key!r}, which means nothing; {hint}")


def _check_candidate(book: Codebook, legacy: str, name: str) -> None:
    if name not in (*book.category_names, *book.theme_ids):
        raise CodebookError(f"{legacy!r} was split into {name!r}, which is no label that is given")
