"""`Wording`: what the labels of one edition of a codebook are called in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from themetag.codebook import Codebook, fold_name


@dataclass(frozen=True, slots=True)
class Wording:
    """The categories or the themes of an old codebook in words of a new one.

    >>> old, new = Codebook.of_names(["Bins", "Pest"], []), Codebook.of_names(["bins", "Parks"], [])
    >>> wording = Wording.of_categories(old, new)
    >>> wording.names["Bins"], wording.removed, wording.added
    ('bins', ('Pest',), ('Parks',))
    """

    names: Mapping[str, str]
    """Every old label and what the new codebook calls it; itself where it has no such label."""
    known: tuple[str, ...]
    """The labels of the new codebook, in its order."""
    retired: frozenset[str]
    """Old labels that the new codebook names as given up."""

    @classmethod
    def of_categories(cls, old: Codebook, new: Codebook) -> Wording:
        """Word the categories."""
        return cls._of(
            (old.category_names, old.find_category),
            (new.category_names, new.find_category),
            _given_up(new),
        )

    @classmethod
    def of_themes(cls, old: Codebook, new: Codebook) -> Wording:
        """Word the themes."""
        return cls._of(
            (old.theme_ids, old.find_theme), (new.theme_ids, new.find_theme), _given_up(new)
        )

    @classmethod
    def _of(
        cls,
        old: tuple[Sequence[str], Callable[[str], str | None]],
        new: tuple[Sequence[str], Callable[[str], str | None]],
        given_up: frozenset[str],
    ) -> Wording:
        found = {label: name for label in old[0] if (name := new[1](label))}
        given = {label: name for label, name in found.items() if name in new[0]}
        # The older edition may be either: names that only one of them knows are looked up there.
        back = {own: label for label in reversed(new[0]) if (own := old[1](label))}
        names = {label: given.get(label) or back.get(label, label) for label in old[0]}
        # A codebook refuses by name what it gave up, or still knows it and gives it no more.
        retired = frozenset(
            label
            for label, name in names.items()
            if name not in new[0] and (label in found or fold_name(label) in given_up)
        )
        return cls(names, tuple(new[0]), retired)

    @property
    def removed(self) -> tuple[str, ...]:
        """Old labels that the new codebook has under no name, in the old order."""
        return tuple(old for old, new in self.names.items() if new not in self.known)

    @property
    def added(self) -> tuple[str, ...]:
        """New labels that the old codebook had under no name, in the new order."""
        return tuple(new for new in self.known if new not in self.names.values())

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Old labels under another name, and that name, in the old order."""
        return tuple(
            (old, new) for old, new in self.names.items() if old != new and new in self.known
        )

    @property
    def all(self) -> tuple[str, ...]:
        """The labels of the new codebook and after them those that only the old one has."""
        return (*self.known, *self.removed)

    def own(self, *, is_old: bool) -> Mapping[str, str]:
        """Return the labels of the old or of the new codebook, each with its new name."""
        return self.names if is_old else {name: name for name in self.known}

    def measured(self, *, is_old: bool) -> frozenset[str]:
        """Return the labels, by their new names, that the old or the new corpus can be right on."""
        return frozenset(
            name for label, name in self.own(is_old=is_old).items() if label not in self.retired
        )


def _given_up(codebook: Codebook) -> frozenset[str]:
    return frozenset(fold_name(row.name) for row in codebook.legacy)
