"""Rows written from arrays are, byte for byte, those written from objects."""

from __future__ import annotations

import io

import numpy as np
import pytest
from builders import AWKWARD_TEXTS, entry, tagger

from themetag.tables import Answer, Row, briefs, open_writer
from themetag.tables.briefs import _texts
from themetag.tagger import Tagger


def written(suffix: str, model: Tagger, rows, *, safe_cells: bool) -> str:
    file = io.BytesIO()
    writer = open_writer(
        suffix, file, ["id", "text"], model.codebook.theme_ids, safe_cells=safe_cells
    )
    for row in rows:
        writer.write(row)
    writer.finish()
    return file.getvalue().decode()


def assert_same(model: Tagger, suffix: str = ".csv", *, safe_cells: bool = False) -> None:
    texts = [*AWKWARD_TEXTS, "Rough sleepers moved into flats, and homes were warm.", "=1+1, \n-"]
    texts = [text.encode(errors="replace").decode() for text in texts]
    rows = [Row(i, i + 1, (i, text)) for i, text in enumerate(texts, start=1)]
    errors = [None if i % 3 else f"row {i}, amiss" for i in range(len(texts))]
    tagged = model.tagged(
        [entry("" if error else t) for t, error in zip(texts, errors, strict=True)]
    )
    answers = [
        Answer(row, one, prediction, error)
        for row, one, prediction, error in zip(
            rows, tagged.entries, tagged.predictions(), errors, strict=True
        )
    ]
    brief = list(briefs(rows, tagged, errors))
    found = written(suffix, model, brief, safe_cells=safe_cells)
    assert found == written(suffix, model, answers, safe_cells=safe_cells)
    assert found.count("amiss") == sum(error is not None for error in errors)
    assert [(one.is_abstention, one.error) for one in brief] == [
        (one.is_abstention, one.error) for one in answers
    ]


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@pytest.mark.parametrize("safe_cells", [True, False])
def test_rows_are_the_same_from_arrays_and_from_objects(
    tiny_tagger: Tagger, suffix: str, safe_cells: bool
) -> None:
    assert_same(tiny_tagger, suffix, safe_cells=safe_cells)


@pytest.mark.parametrize(
    ("categories", "themes"),
    [
        ((), ("bins", "100%")),
        (("A, and B",), ("bins",)),
        (("A", 'B "C"'), ()),
        (tuple("ABCDE"), ("-x",)),
    ],
)
def test_rows_are_the_same_whatever_labels_a_model_has(
    categories: tuple[str, ...], themes: tuple[str, ...]
) -> None:
    n_columns = len(categories) + len(themes)
    weights = {"rough sleepers": range(n_columns), "bins": range(n_columns, 0, -1)}
    assert_same(tagger(weights, categories, themes), safe_cells=True)


def test_every_rounded_probability_is_written_with_all_its_places() -> None:
    every = np.round(np.arange(10_001) / 10_000, 4)
    assert _texts(every[np.newaxis]) == [[f"{value:.4f}" for value in every.tolist()]]
