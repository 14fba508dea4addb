"""`Codebook`: what the categories and themes are called and mean, and what became of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from themetag.errors import CodebookError
from themetag.labels import Label, Legacy

_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'"})


@dataclass(frozen=True, slots=True)
class Codebook:
    """The closed lists of categories and themes, in their order.

    A retired label is still known by its names, so that old entries can be read; it stands apart
    from those that are given.

    Raises:
        CodebookError: when two labels of a kind share a name, or one stands in the wrong list.

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
    """Categories that are given; an entry has one, known by its name."""
    themes: tuple[Label, ...]
    """Themes that are given; an entry has none or more, each known by its id."""
    legacy: tuple[Legacy, ...] = ()
    """Former labels that are refused by name."""
    retired_categories: tuple[Label, ...] = ()
    """Categories that are given no more."""
    retired_themes: tuple[Label, ...] = ()
    """Themes that are given no more."""
    category_names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The categories that are given, as they appear in tables and predictions."""
    theme_ids: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The themes that are given, as they appear in tables and predictions."""
    _category_names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _theme_names: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "category_names", tuple(x.name for x in self.categories))
        object.__setattr__(self, "theme_ids", tuple(x.id for x in self.themes))
        for kind, given, retired, known_by in (
            ("category", self.categories, self.retired_categories, lambda label: label.name),
            ("theme", self.themes, self.retired_themes, lambda label: label.id),
        ):
            _check_lists(given, retired)
            names = _names_to_label(kind, (*given, *retired), known_by)
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
            version = str(data["version"])
            categories = [Label.from_mapping(row) for row in data.get("category", ())]
            themes = [Label.from_mapping(row) for row in data.get("theme", ())]
            return cls(
                version,
                tuple(label for label in categories if not label.is_retired),
                tuple(label for label in themes if not label.is_retired),
                tuple(Legacy.from_mapping(row) for row in data.get("legacy", ())),
                tuple(label for label in categories if label.is_retired),
                tuple(label for label in themes if label.is_retired),
            )
        except KeyError as error:
            raise CodebookError(f"the codebook lacks {error}; every label needs it") from error
        except (TypeError, ValueError, AttributeError) as error:
            raise CodebookError(f"the codebook has a part of the wrong kind: {error}") from error

    def as_mapping(self) -> dict[str, Any]:
        """Return what `from_mapping` reads, of plain types only."""
        categories = (*self.categories, *self.retired_categories)
        return {
            "version": self.version,
            "category": [label.as_mapping() for label in categories],
            "theme": [label.as_mapping() for label in (*self.themes, *self.retired_themes)],
            "legacy": [row.as_mapping() for row in self.legacy],
        }

    @property
    def edition(self) -> str:
        """The version and a digest of the labels that are given, which may change under it.

        >>> Codebook.of_names(["Housing"], []).edition
        'from the data (53d17779)'
        """
        import hashlib  # predicting needs it not

        labels = "\n".join((*self.category_names, "", *self.theme_ids))
        return f"{self.version} ({hashlib.sha256(labels.encode()).hexdigest()[:8]})"

    def category(self, written: str) -> str:
        """Return the name of a category, given or retired, as somebody wrote it.

        Raises:
            CodebookError: for an unknown name (with the nearest known one) or a legacy one.
        """
        return self._look_up("category", written, self._category_names)

    def find_category(self, written: str) -> str | None:
        """Return the name of a category, given or retired; None for one that is not known.

        >>> Codebook.of_names(["Housing"], []).find_category("housing ")
        'Housing'
        """
        return self._category_names.get(fold_name(written))

    def known_category(self, written: str) -> str | None:
        """Return the name of a category that is given as somebody wrote it; None for others."""
        name = self.find_category(written)
        return name if name in self.category_names else None

    def theme(self, written: str) -> str:
        """Return the id of a theme, given or retired, as somebody wrote it.

        Raises:
            CodebookError: for an unknown theme (with the nearest known one) or a legacy one.
        """
        return self._look_up("theme", written, self._theme_names)

    def find_theme(self, written: str) -> str | None:
        """Return the id of a theme, given or retired; None for one that is not known."""
        return self._theme_names.get(fold_name(written))

    def legacy_of(self, written: str) -> Legacy | None:
        """Return the legacy label that somebody wrote; None where it is none."""
        folded = fold_name(written)
        return next((row for row in self.legacy if fold_name(row.name) == folded), None)

    def find_legacy(self, task: str, written: str) -> str | None:
        """Return the name of the legacy label that somebody wrote; None where it is none.

        Args:
            task: whether it should be a category or a theme.
            written: as somebody wrote it.
        """
        names = self._category_names if task == "category" else self._theme_names
        legacy = None if fold_name(written) in names else self.legacy_of(written)
        return legacy.name if legacy else None

    def with_labels(self, categories: Iterable[str], themes: Iterable[str]) -> Codebook:
        """Return the codebook cut down to the named labels, in its own order."""
        kept_categories, kept_themes = frozenset(categories), frozenset(themes)
        return replace(
            self,
            categories=tuple(label for label in self.categories if label.name in kept_categories),
            themes=tuple(label for label in self.themes if label.id in kept_themes),
        )

    def _look_up(self, kind: str, written: str, names: Mapping[str, str]) -> str:
        found = names.get(fold_name(written))
        if found is not None:
            return found
        if legacy := self.legacy_of(written):
            raise CodebookError(f"legacy {kind} {written!r} is not mapped: {legacy.why}")
        raise CodebookError(f"unknown {kind} {written!r}{_hint(written, names)}")


def _hint(written: str, names: Mapping[str, str]) -> str:
    """Return the nearest label, or where the known ones stand if none is near."""
    import difflib  # only a mistake needs it

    # At the usual cutoff of 0.6, two slips of the pen anywhere in any name of the LGC Awards are
    # found, and no filler such as "none" or "tbc" is taken for a name.
    if nearest := difflib.get_close_matches(fold_name(written), names, n=1):
        return f"; did you mean {names[nearest[0]]!r}?"
    return "; the known ones stand in codebook.toml and the README.md of a model" if names else ""


def _check_lists(given: Iterable[Label], retired: Iterable[Label]) -> None:
    misplaced = [x for x in given if x.is_retired] + [x for x in retired if not x.is_retired]
    if misplaced:
        name = misplaced[0].name
        raise CodebookError(f"a label with a last year is retired and no other is, unlike {name!r}")


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
