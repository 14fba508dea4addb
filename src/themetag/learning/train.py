"""Corpus and recipe in, model folder out."""

from __future__ import annotations

import json
import platform
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version as installed
from itertools import accumulate, compress
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from themetag import __version__, artifact
from themetag.learning.card import model_card
from themetag.learning.corpus import Corpus
from themetag.learning.evaluate import cross_validated_report
from themetag.learning.folds import OutOfFold, cross_validate, fitted
from themetag.learning.prepared import Prepared
from themetag.learning.recipe import Recipe
from themetag.learning.releases.log import refuse_released, unreleased
from themetag.learning.report import Report
from themetag.prediction import DECIMALS
from themetag.text import fingerprint

# What out-of-fold answers may take in a model folder, beside 7 MB of terms and weights and what a
# codebook, a card and fingerprints need: 1,500 entries of 30 labels, or 900 of 80.
_OUT_OF_FOLD_BYTES = 800_000
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def train(
    corpus: Corpus,
    recipe: Recipe,
    folder: Path,
    *,
    min_examples: int = 2,
    overwrite: bool = False,
) -> tuple[Report, list[str]]:
    """Fit a model on a whole corpus and write its folder.

    The calibration, the thresholds and the scores in the card come from grouped cross-validation
    of the same recipe; the model that is written is fitted on everything.

    Args:
        corpus: real entries calibrate and evaluate; all entries train.
        recipe: how to fit.
        folder: where the model goes; its name is the version.
        min_examples: labels of fewer entries are left out, or ranked by their criteria alone.
        overwrite: whether to replace a folder that exists.

    Returns:
        The cross-validated report, and a line for every label of too few entries.

    Raises:
        LearningError: when nothing can be learnt from the corpus.
        InputError: when the folder exists, is or was released, or cannot be written; nothing is
            left half-written.
    """
    artifact.refuse_target(folder, overwrite=overwrite)
    refuse_released(folder)
    corpus, left_out = corpus.without_rare(min_examples)
    prepared = Prepared.of(corpus, recipe)
    unseen = cross_validate(prepared, recipe.seed)
    report = cross_validated_report(prepared, [unseen.answers])
    tagger = fitted(prepared, unseen, folder.name)
    facts = _facts(prepared, report, left_out) | {"min_examples": min_examples}
    # Somebody may have released what stands there while this was at work.
    with unreleased(folder):
        artifact.save(
            tagger,
            folder,
            facts,
            seen=frozenset(fingerprint(row.entry.text) for row in corpus.entries),
            out_of_fold=_out_of_fold_lines(corpus, unseen),
            card=model_card(tagger, corpus, report, left_out, recipe.caveats),
            overwrite=overwrite,
        )
    return report, left_out


def _facts(prepared: Prepared, report: Report, left_out: list[str]) -> dict[str, Any]:
    corpus = prepared.corpus
    return {
        "themetag": __version__,
        "corpus": {
            "sha256": corpus.digest(),
            "entries": dict(Counter(row.kind for row in corpus.entries)),
            "groups": len(np.unique(prepared.groups)),
            "outside": len(corpus.outside),
        },
        "recipe": prepared.recipe.as_mapping(),
        "left_out": left_out,
        "metrics": {
            "how": report.how,
            "category": {name: asdict(figure) for name, figure in report.category.items()},
            "themes": {name: asdict(figure) for name, figure in report.themes.items()},
        },
        "libraries": libraries(),
    }


def libraries() -> dict[str, str]:
    """Return the versions of what decides how the figures come out."""
    return {"python": platform.python_version()} | {name: installed(name) for name in _LIBRARIES}


def _out_of_fold_lines(corpus: Corpus, unseen: OutOfFold) -> str:
    """Return a JSON object a real entry; probabilities stand in codebook order.

    Of a corpus too large for a model folder, the entries with the lowest fingerprints are kept:
    two models then keep answers on the same entries, whatever else they were trained on.
    """
    answers = unseen.answers
    lines = []
    for i, row in enumerate(corpus.real):
        record = {
            "id": row.entry.id,
            "text": fingerprint(row.entry.text),
            "fold": int(unseen.folds[i]),
            "group": int(answers.group[i]),
            "category": row.category,
            "themes": None if row.themes is None else sorted(row.themes),
            "category_probabilities": np.round(answers.chances[i], DECIMALS).tolist(),
            "theme_probabilities": np.round(answers.theme_chances[i], DECIMALS).tolist(),
            "category_set": list(compress(corpus.codebook.category_names, answers.in_set[i])),
            "given": list(compress(corpus.codebook.theme_ids, answers.given[i])),
            "silent": bool(answers.silent[i]),
        }
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        lines.append((record["text"], i, line))
    ends = accumulate(len(line.encode()) for _, _, line in sorted(lines))
    n_kept = sum(end <= _OUT_OF_FOLD_BYTES for end in ends)
    kept = sorted(lines)[:n_kept]
    return "".join(line for _, _, line in sorted(kept, key=itemgetter(1)))
