"""`Label`, `Alias` and `Legacy`: a category or theme, its other names, and what came before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from themetag.errors import CodebookError


@dataclass(frozen=True, slots=True)
class Alias:
    """A former or later name of a label that may be mapped to it.

    A label that was renamed has one for each other name; one that others were merged into has one
    for each of them.

    Raises:
        CodebookError: when its years run backwards or are none.
    """

    name: str
    """The name as it was printed."""
    first_year: int | None = None
    """The first award year of that name, where known."""
    last_year: int | None = None
    """The last award year of that name, where known."""

    def __post_init__(self) -> None:
        _check_years(self)


@dataclass(frozen=True, slots=True)
class Label:
    """A category or theme as the codebook defines it.

    Raises:
        CodebookError: when its years run backwards or are none.

    >>> Label("housing", "Housing").definition
    ''
    >>> Label("efficiency", "Efficiency", last_year=2018).is_retired
    True
    """

    id: str
    """A slug."""
    name: str
    """The name as people write it."""
    definition: str = ""
    """What it is, in a sentence or two."""
    includes: str = ""
    """What belongs to it although one might doubt it."""
    excludes: str = ""
    """What does not belong to it although it is near."""
    tie_break: str = ""
    """How to choose between it and its neighbours."""
    facet: str = ""
    """The kind of label: form or service; service or cross-cutting."""
    example: str = ""
    """One invented example."""
    aliases: tuple[Alias, ...] = ()
    """Other names that mean this label."""
    crosswalk: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Its counterpart in other vocabularies, by vocabulary."""
    first_year: int | None = None
    """The first award year it was given, under whatever name, where known."""
    last_year: int | None = None
    """The last award year it was given; a label that has one is retired."""

    def __post_init__(self) -> None:
        _check_years(self)

    @property
    def is_retired(self) -> bool:
        """Whether it is given no more."""
        return self.last_year is not None

    @classmethod
    def from_mapping(cls, row: Mapping[str, Any]) -> Label:
        """Make a label of its row in a parsed codebook.

        Raises:
            KeyError, TypeError: when a part is missing or of the wrong kind.
        """
        texts: dict[str, Any] = {key: _text(row, key) for key in _TEXT_FIELDS}
        return cls(
            row["id"],
            row["name"],
            **texts,
            aliases=tuple(Alias(x["name"], **_years(x)) for x in row.get("aliases", ())),
            crosswalk=MappingProxyType(dict(row.get("crosswalk", {}))),
            **_years(row),
        )

    def as_mapping(self) -> dict[str, Any]:
        """Return what `from_mapping` reads, of plain types only."""
        row: dict[str, Any] = {"id": self.id, "name": self.name}
        row |= {key: getattr(self, key) for key in _TEXT_FIELDS if getattr(self, key)}
        if self.aliases:
            row["aliases"] = [{"name": alias.name} | _known_years(alias) for alias in self.aliases]
        if self.crosswalk:
            row["crosswalk"] = dict(self.crosswalk)
        return row | _known_years(self)


@dataclass(frozen=True, slots=True)
class Legacy:
    """A former label that may not be mapped to a current one.

    Raises:
        CodebookError: when its years run backwards or are none.

    >>> Legacy("Team", "Its size is not known.", ("Large Team", "Small Team")).why
    "Its size is not known; write 'Large Team' or 'Small Team'"
    """

    name: str
    """The name as it was printed."""
    reason: str
    """Why it cannot be mapped."""
    into: tuple[str, ...] = ()
    """The labels that it was split into, where it was; an entry belongs to one of them."""
    first_year: int | None = None
    """The first award year of that name, where known."""
    last_year: int | None = None
    """The last award year of that name, where known."""

    def __post_init__(self) -> None:
        _check_years(self)

    @property
    def why(self) -> str:
        """Why it is not mapped, and which labels an entry of it may belong to."""
        if not self.into:
            return self.reason
        return f"{self.reason.rstrip('.')}; write {' or '.join(map(repr, self.into))}"

    @classmethod
    def from_mapping(cls, row: Mapping[str, Any]) -> Legacy:
        """Make a legacy label of its row in a parsed codebook.

        Raises:
            KeyError, TypeError: when a part is missing or of the wrong kind.
        """
        into = row.get("into", [])
        if not isinstance(into, list):
            raise TypeError(f"into of {row['name']!r} is no list")
        return cls(row["name"], row["reason"], tuple(into), **_years(row))

    def as_mapping(self) -> dict[str, Any]:
        """Return what `from_mapping` reads, of plain types only."""
        row: dict[str, Any] = {"name": self.name, "reason": self.reason}
        return row | ({"into": list(self.into)} if self.into else {}) | _known_years(self)


_TEXT_FIELDS = ("definition", "includes", "excludes", "tie_break", "facet", "example")
_YEARS = ("first_year", "last_year")


def _text(row: Mapping[str, Any], key: str) -> str:
    text = row.get(key, "")
    if not isinstance(text, str):
        raise TypeError(f"{key} of {row['name']!r} is no text")
    return text


def _check_years(named: Alias | Label | Legacy) -> None:
    first, last = named.first_year, named.last_year
    if not all(year is None or isinstance(year, int) for year in (first, last)):
        raise CodebookError(
            f"the years of {named.name!r} are no whole numbers: {first!r}, {last!r}"
        )
    if first is not None and last is not None and first > last:
        raise CodebookError(f"the years of {named.name!r} run backwards: {first} to {last}")


def _years(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row.get(key) for key in _YEARS}


def _known_years(named: Alias | Label | Legacy) -> dict[str, int]:
    return {key: year for key in _YEARS if (year := getattr(named, key)) is not None}
