"""`Recipe`: every choice that fitting makes, in one place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from themetag.errors import LearningError
from themetag.linear import Field


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a corpus becomes a model; the defaults serve a labelled table of any kind.

    >>> Recipe().fields[0].kind
    'words'
    """

    seed: int = 2026
    """Seeds folds and learners."""
    n_folds: int = 5
    """Parts of the corpus that take turns in being unseen."""
    fields: tuple[Field, ...] = (
        Field("word", "words", 1, 2, 1.0),
        Field("char", "characters", 3, 5, 0.5),
    )
    """The kinds of terms and the weight of each."""
    min_entries: int = 1
    """A term in fewer training texts is not learnt."""
    category_penalty: float = 1.0
    """Alpha of the ridge regression of the categories; larger fits more smoothly."""
    theme_penalty: float = 1.0
    """Alpha of that of the themes."""
    category_weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """What an entry counts in fitting the categories, 0 for nothing: by its set, which is what
    stands before the first hyphen of its id, else by its kind (real, restated, invented), else 1.
    """
    category_cues: float = 0.0
    """How far what the lexicon says moves the scores of the categories: the standard deviation over
    the real entries, where +1 and -1 are yes and no."""
    theme_cues: float = 0.0
    """How far it moves those of the themes."""
    reader_share: float = 0.0
    """How far the categories of an invented entry are those that a blind reader took it for rather
    than the one it was written for, 0 to 1."""
    threshold_prior: float = 20.0
    """Positive entries a theme needs before its own threshold outweighs the pooled one."""
    coverage: float = 0.9
    """How often the prediction set should hold the true category."""
    scope_penalty: float = 1.0
    """Alpha of the ridge regression that tells submissions from other texts."""
    refused: float = 0.02
    """The share of real entries that may be taken for other texts."""
    caveats: tuple[str, ...] = ()
    """What a reader of any score must know of the corpus."""

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe.toml.

        Raises:
            LearningError: when it cannot be read or names something a recipe does not have.
        """
        try:
            return cls.from_mapping(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise LearningError(f"the recipe cannot be read: {error}", path) from error
        except TypeError as error:
            known = ", ".join(entry.name for entry in fields(cls))
            raise LearningError(f"{error}; a recipe has: {known}", path) from error

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Recipe:
        """Make a recipe of the parsed recipe.toml or of what a manifest holds.

        Raises:
            TypeError: when it names something that a recipe does not have.
        """
        read: dict[str, Any] = dict(data)
        if "fields" in read:
            read["fields"] = tuple(Field(**row) for row in read["fields"])
        if "caveats" in read:
            read["caveats"] = tuple(read["caveats"])
        if "category_weights" in read:
            read["category_weights"] = MappingProxyType(dict(read["category_weights"]))
        return cls(**read)

    @classmethod
    def of(cls, corpus: Path) -> Recipe:
        """Return the recipe.toml of a corpus folder; the defaults for a table or without one."""
        path = corpus / "recipe.toml"
        return cls.read(path) if path.is_file() else cls()

    def category_weight(self, id: str, kind: str) -> float:
        """Return what an entry counts in fitting the categories.

        >>> recipe = Recipe(category_weights={"real": 4.0, "w3": 0.5})
        >>> recipe.category_weight("w3-017", "invented"), recipe.category_weight("w4-1", "invented")
        (0.5, 1.0)
        """
        of_set = self.category_weights.get(id.partition("-")[0])
        return self.category_weights.get(kind, 1.0) if of_set is None else of_set

    def as_mapping(self) -> dict[str, Any]:
        """Return the recipe in plain types, for a manifest."""
        row = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return row | {
            "fields": [asdict(part) for part in self.fields],
            "category_weights": dict(self.category_weights),
            "caveats": list(self.caveats),
        }
