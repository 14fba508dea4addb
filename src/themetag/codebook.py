"""`Label` and `Codebook`: what the categories and themes are called and mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from themetag.errors import CodebookError

_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'"})


@dataclass(frozen=True, slots=True)
class Alias:
    """A former or later name of a label that may be mapped to it."""

    name: str
    """The name as it was printed."""
    first_year: int | None = None
    """The first award year of that name, where known."""
    last_year: int | None = None
    """The last award year of that name, where known."""


@dataclass(frozen=True, slots=True)
class Label:
    """A category or theme as the codebook defines it.

    >>> Label("housing", "Housing").definition
    ''
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


@dataclass(frozen=True, slots=True)
class Legacy:
    """A former label that may not be mapped to a current one."""

    name: str
    """The name as it was printed."""
    reason: str
    """Why it cannot be mapped."""


@dataclass(frozen=True, slots=True)
class Codebook:
    """The closed lists of categories and themes, in their order.

    Raises:
        CodebookError: when two labels of a kind share a name.

    >>> book = Codebook.of_names(["Housing", "Children’s Services"], ["homelessness"])
    >>> book.category("children's services")
    'Children’s Services'
    >>> book.category("Huosing")
    Traceback (most recent call last):
        ...
    themetag.errors.CodebookError: unknown category 'Huosing'; did you mean 'Housing'?
    """

    version: str
    """The edition of the codebook."""
    categories: tuple[Label, ...]
    """Categories; an entry has one, known by its name."""
    themes: tuple[Label, ...]
    """Themes; an entry has none or more, each known by its id."""
    legacy: tuple[Legacy, ...] = ()
    """Former labels that are refused by name."""
    category_names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The categories as they appear in tables and predictions."""
    theme_ids: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The themes as they appear in tables and predictions."""
    _category_names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _theme_names: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "category_names", tuple(x.name for x in self.categories))
        object.__setattr__(self, "theme_ids", tuple(x.id for x in self.themes))
        for kind, labels, known_by in (
            ("category", self.categories, lambda label: label.name),
            ("theme", self.themes, lambda label: label.id),
        ):
            names = _names_to_label(kind, labels, known_by)
            object.__setattr__(self, f"_{kind}_names", MappingProxyType(names))

    @classmethod
    def of_names(cls, categories: Iterable[str], themes: Iterable[str]) -> Codebook:
        """Make a codebook that knows nothing of its labels but what they are called."""
        return cls(
            "from the data",
            tuple(Label(name, name) for name in categories),
            tuple(Label(name, name) for name in themes),
        )

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Codebook:
        """Make a codebook of the parsed codebook.toml or codebook.json.

        Raises:
            CodebookError: when a part is missing or of the wrong kind.
        """
        try:
            return cls(
                str(data["version"]),
                tuple(_label(row) for row in data.get("category", ())),
                tuple(_label(row) for row in data.get("theme", ())),
                tuple(Legacy(row["name"], row["reason"]) for row in data.get("legacy", ())),
            )
        except KeyError as error:
            raise CodebookError(f"the codebook lacks {error}; every label needs it") from error
        except (TypeError, ValueError, AttributeError) as error:
            raise CodebookError(f"the codebook has a part of the wrong kind: {error}") from error

    def as_mapping(self) -> dict[str, Any]:
        """Return what `from_mapping` reads, of plain types only."""
        return {
            "version": self.version,
            "category": [_row(label) for label in self.categories],
            "theme": [_row(label) for label in self.themes],
            "legacy": [{"name": row.name, "reason": row.reason} for row in self.legacy],
        }

    def category(self, written: str) -> str:
        """Return the current name of a category as somebody wrote it.

        Raises:
            CodebookError: for an unknown name (with the nearest known one) or a legacy one.
        """
        return self._look_up("category", written, self._category_names)

    def known_category(self, written: str) -> str | None:
        """Return the name of a category that is given as somebody wrote it; None for others.

        >>> Codebook.of_names(["Housing"], []).known_category("housing ")
        'Housing'
        """
        name = self._category_names.get(fold_name(written))
        return name if name in self.category_names else None

    def theme(self, written: str) -> str:
        """Return the id of a theme as somebody wrote it.

        Raises:
            CodebookError: for an unknown theme (with the nearest known one) or a legacy one.
        """
        return self._look_up("theme", written, self._theme_names)

    def with_labels(self, categories: Iterable[str], themes: Iterable[str]) -> Codebook:
        """Return the codebook cut down to the named labels, in its own order."""
        kept_categories, kept_themes = frozenset(categories), frozenset(themes)
        return Codebook(
            self.version,
            tuple(label for label in self.categories if label.name in kept_categories),
            tuple(label for label in self.themes if label.id in kept_themes),
            self.legacy,
        )

    def _look_up(self, kind: str, written: str, names: Mapping[str, str]) -> str:
        found = names.get(fold_name(written))
        if found is not None:
            return found
        for row in self.legacy:
            if fold_name(row.name) == fold_name(written):
                raise CodebookError(f"legacy {kind} {written!r} is not mapped: {row.reason}")
        import difflib  # only a mistake needs it

        nearest = difflib.get_close_matches(fold_name(written), names, n=1, cutoff=0.0)
        hint = f"; did you mean {names[nearest[0]]!r}?" if nearest else ""
        raise CodebookError(f"unknown {kind} {written!r}{hint}")


def _names_to_label(kind: str, labels: tuple[Label, ...], known_by: Any) -> dict[str, str]:
    """Map every folded spelling of each label to what it is known by."""
    spelled = [
        (name, known_by(label))
        for label in labels
        for name in dict.fromkeys(
            map(fold_name, (known_by(label), *(alias.name for alias in label.aliases)))
        )
    ]
    repeated = [name for name, count in Counter(name for name, _ in spelled).items() if count > 1]
    if repeated:
        raise CodebookError(f"two {kind} labels are both called {repeated[0]!r}; rename one")
    return dict(spelled)


def fold_name(name: str) -> str:
    """Return what is equal for spellings of one label.

    >>> fold_name("Children’s  services") == fold_name("children's Services")
    True
    """
    return " ".join(name.translate(_APOSTROPHES).casefold().split())


def _label(row: Mapping[str, Any]) -> Label:
    return Label(
        row["id"],
        row["name"],
        **{key: row.get(key, "") for key in _TEXT_FIELDS},
        aliases=tuple(Alias(**alias) for alias in row.get("aliases", ())),
        crosswalk=MappingProxyType(dict(row.get("crosswalk", {}))),
    )


def _row(label: Label) -> dict[str, Any]:
    row: dict[str, Any] = {"id": label.id, "name": label.name}
    row |= {key: getattr(label, key) for key in _TEXT_FIELDS if getattr(label, key)}
    if label.aliases:
        row["aliases"] = [
            {key: value for key in Alias.__slots__ if (value := getattr(alias, key)) is not None}
            for alias in label.aliases
        ]
    return row | ({"crosswalk": dict(label.crosswalk)} if label.crosswalk else {})


_TEXT_FIELDS = ("definition", "includes", "excludes", "tie_break", "facet", "example")
