"""`Lexicon`: what experts said of words before anything was counted.

Each expert wrote down words that speak for a label or against it. They knew what the labels mean,
and none of the entries. Few entries teach few words; what a turnaround or a joint venture sounds
like need not be learnt from eight examples.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from themetag.codebook import Codebook
from themetag.errors import CodebookError, InputError
from themetag.learning.history import said_of_legacy
from themetag.linear import Vocabulary
from themetag.text import words

Floats = npt.NDArray[np.float64]

# A number in a cue stands for one of one to four digits; longer ones are written with commas.
_NUMBERS = ("0", "00", "000", "0000")


class Cue(NamedTuple):
    """What one expert said of one word or run of words."""

    task: str
    """Whether the label is a category or a theme."""
    label: str
    """The category's name or the theme's id, as the codebook has it."""
    term: str
    """One to three words; `#` is any number."""
    expert: str
    weight: float
    """Over 0 where the term speaks for the label, under 0 where it speaks against it."""


def read_cues(path: Path, codebook: Codebook) -> tuple[tuple[Cue, ...], list[str]]:
    """Read a table of cues.

    Returns:
        The cues, and a line for each legacy label, whose cues are passed over.

    Raises:
        InputError: when it cannot be read, lacks a column or holds a weight that is no number.
        CodebookError: for a label that the codebook does not know.
    """
    look_up = {"category": codebook.category, "theme": codebook.theme}
    cues = []
    passed: Counter[str] = Counter()
    for line, row in read_records(path):
        try:
            if legacy := codebook.find_legacy(row["task"], row["label"]):
                passed[legacy] += 1
                continue
            label = look_up[row["task"]](row["label"])
            cues.append(Cue(row["task"], label, row["term"], row["expert"], float(row["weight"])))
        except CodebookError as error:
            raise CodebookError(error.message, path, line=line) from error
        except (ValueError, KeyError) as error:
            raise InputError(f"the cues cannot be read: {error}", path, line=line) from error
    return tuple(cues), said_of_legacy("cues", passed)


def read_records(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a table of the corpus that holds no entries.

    Returns:
        One a row: the number of its line, and a mapping from column to cell.

    Raises:
        InputError: when it cannot be read or a row has more or fewer cells than the header.
    """
    records = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = next(reader, None)
            if columns is None:
                raise InputError("is empty", path)
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) != len(columns):
                    wrong = f"has {len(cells)} cells under {len(columns)} columns"
                    raise InputError(wrong, path, line=line)
                records.append((line, dict(zip(columns, cells, strict=True))))
                line = reader.line_num + 1
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"cannot be read: {error}", path) from error
    return records


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The mean opinion of the experts on every term, with numbers masked."""

    opinions: Mapping[str, Floats]
    """For every term `(n_labels,)`: what the experts say on average, 0 where they say nothing."""

    @classmethod
    def of(cls, cues: Sequence[Cue], codebook: Codebook) -> Lexicon:
        """Average cues over their experts; labels that the codebook has not are passed over."""
        columns = {("category", name): i for i, name in enumerate(codebook.category_names)}
        columns |= {("theme", id): i for i, id in enumerate(codebook.theme_ids, len(columns))}
        n_experts = len({cue.expert for cue in cues})
        opinions: dict[str, Floats] = {}
        for cue in cues:
            column = columns.get((cue.task, cue.label))
            for term in _spellings(cue.term) if column is not None else ():
                row = opinions.setdefault(term, np.zeros(len(columns)))
                row[column] += cue.weight / n_experts
        return cls(dict(sorted(opinions.items())))

    def weights(self, vocabulary: Vocabulary) -> Floats:
        """Return `(n_terms, n_labels)`: the opinions on the words and runs of words of a text.

        They stand in the first field of those, if there is one.
        """
        n_labels = len(next(iter(self.opinions.values()), ()))
        found = np.zeros((len(vocabulary), n_labels))
        start = 0
        for field, terms in zip(vocabulary.fields, vocabulary.terms, strict=True):
            if field.kind == "words" and field.part == "text":
                for row, term in enumerate(terms, start):
                    if term in self.opinions:
                        found[row] = self.opinions[term]
                break
            start += len(terms)
        return found


def single_words(cues: Iterable[Cue], labels: frozenset[str]) -> frozenset[str]:
    """Return the words that stand as cues by themselves for some categories."""
    named = (cue for cue in cues if cue.task == "category" and cue.label in labels)
    return frozenset(term for cue in named for term in _spellings(cue.term) if " " not in term)


def _spellings(term: str) -> list[str]:
    """Return a cue as the words of a text with masked numbers, once for every length of number.

    >>> _spellings("£#m saved")[:2]
    ['0m saved', '00m saved']
    """
    if "#" not in term:
        return [" ".join(words(term))]
    return [" ".join(words(term.replace("#", number))) for number in _NUMBERS]
