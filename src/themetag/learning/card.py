"""The model card: what a model was made of, how good it is, and what it is not for."""

from __future__ import annotations

from collections.abc import Sequence

from themetag.learning.corpus import Corpus
from themetag.learning.report import Report, table
from themetag.tagger import Tagger

_KINDS = {
    "real": "real entries: train and evaluate",
    "restated": "real entries in other words: only train",
    "invented": "invented entries: only train",
    "criteria": "criteria of categories with too few entries, as texts: only train",
}


def model_card(
    tagger: Tagger,
    corpus: Corpus,
    report: Report,
    left_out: Sequence[str],
    caveats: Sequence[str],
) -> str:
    """Write the card of a model in Markdown.

    Args:
        tagger: the model.
        corpus: what it was fitted on.
        report: its cross-validated scores.
        left_out: a line for every label of too few entries.
        caveats: what a reader of the scores must know of the corpus.
    """
    parts = [
        f"# Model {tagger.version}",
        _what_it_is(tagger),
        "## What it was trained on",
        _trained_on(corpus),
        *([_listed(left_out)] if left_out else []),
        "## How good it is",
        f"Cross-validated: {report.how}. No entry was answered by a model that had seen it, "
        "or a text of the same group. Intervals are the middle 95 % over resampled groups.",
        *([_listed(caveats)] if caveats else []),
        report.figures_table(),
        "Lenient figures do not count a theme as wrong that a reasonable coder might have added."
        if "lenient_precision" in report.themes
        else "",
        *_by_label(report),
        "## What it is not for",
        _not_for(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _what_it_is(tagger: Tagger) -> str:
    book = tagger.codebook
    tasks = []
    if book.categories:
        tasks.append(f"ranks {len(book.categories)} categories")
    if book.themes:
        tasks.append(f"gives any of {len(book.themes)} themes")
    return (
        f"A linear model over {len(tagger.vocabulary):,} terms (TF-IDF of words, pairs of words "
        f"and parts of words) that {' and '.join(tasks)}. Codebook version: {book.version}. "
        "Made by `themetag train`; this card is written by the program."
    )


def _trained_on(corpus: Corpus) -> str:
    kinds = [row.kind for row in corpus.entries]
    rows = [[text, str(kinds.count(kind))] for kind, text in _KINDS.items() if kind in kinds]
    support = corpus.support()
    used = [kind for kind in _KINDS if kind in kinds and kind in support]
    counts = support[used].astype(str).to_numpy().tolist()
    labels = [[str(label), *row] for label, row in zip(support.index, counts, strict=True)]
    if corpus.outside:
        rows.append(
            ["texts that are no submissions: what is out of scope", str(len(corpus.outside))]
        )
    if corpus.readings:
        read = sum(row.kind == "invented" and row.entry.id in corpus.readings
                   for row in corpus.entries)  # fmt: skip
        rows.append(["invented entries that a reader placed who did not know for what", str(read)])
    if corpus.cues:
        rows.append(["judgements of words, by experts who saw no entry", f"{len(corpus.cues)}"])
    return "\n\n".join([table(["kind", "number"], rows), table(["label", *used], labels)])


def _by_label(report: Report) -> list[str]:
    parts = []
    for task, heading in (("category", "### By category"), ("theme", "### By theme")):
        if any(row.task == task for row in report.labels):
            parts += [heading, report.labels_table(task)]
    parts.append(
        "Rates are left out where a label has fewer than five entries; with fewer than twenty, "
        "each entry moves them by more than 0.05."
    )
    return parts


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _not_for() -> str:
    return _listed(
        [
            "Judging the quality of an entry, ranking entries or predicting winners: it has "
            "learnt none of that.",
            "Deciding alone. It suggests and shows its evidence; a person decides.",
            "Texts of another kind than those it was trained on. Its probabilities and intervals "
            "hold for texts like the real entries above, and for no other year or award by right.",
        ]
    )
