"""What each measure is called where people read it."""

from __future__ import annotations

# In a list of figures of one kind, under its heading.
LISTED = {
    "top1": "right first",
    "top3": "right within three",
    "macro_f1": "macro-F1",
    "log_loss": "log-loss",
    "ece": "expected calibration error",
    "coverage": "true category in the prediction set",
    "set_size": "mean size of the prediction set",
    "micro_f1": "micro-F1",
    "precision": "precision",
    "recall": "recall",
    "lenient_precision": "lenient precision",
    "lenient_micro_f1": "lenient micro-F1",
}

# By itself, for those who read answers and no reports.
ALONE = {
    "top1": "category right at the first guess",
    "top3": "category right within three",
    "coverage": "true category among the likely ones",
    "precision": "themes given that are right",
    "micro_f1": "themes, micro-F1",
    "lenient_precision": "themes given that are right or arguable",
}

# The figures that decide whether a model may be released, and what they are called there.
DECISIVE = {
    "top1": LISTED["top1"],
    "top3": LISTED["top3"],
    "micro_f1": "micro-F1 of themes",
}
