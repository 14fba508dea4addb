"""Make tests/data/model-format-<n>, a tiny saved model, and the answers it gives.

`python scripts/make_test_model.py` trains on the invented corpus of tests/builders.py and writes
the folder of the current format and its `.answers.jsonl`. Run it while a format is being shaped;
once a format is released its folder stays as it is, and the next format gets one of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from joblib import parallel_config

from themetag import artifact
from themetag.learning.train import train

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
sys.path.insert(0, str(DATA.parent))

from builders import AWKWARD_TEXTS, entry, tiny_corpus, tiny_recipe  # noqa: E402  (see above)

# The long text says nothing that the short ones do not.
TEXTS = [text for text in AWKWARD_TEXTS if len(text) < 1000]


def main() -> None:
    """Write the model and its answers."""
    folder = DATA / f"model-format-{artifact.FORMAT}"
    with parallel_config(backend="sequential"):
        train(tiny_corpus(), tiny_recipe(), folder, overwrite=True)
    tagger = artifact.load(folder)
    # A lone surrogate is written as an escape.
    lines = [
        json.dumps({"text": text, "answer": tagger.tag(entry(text)).as_json()}) + "\n"
        for text in TEXTS
    ]
    answers = folder.with_suffix(".answers.jsonl")
    answers.write_text("".join(lines), encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder.name}: {size:,} bytes; {answers.name}: {len(lines)} answers")


if __name__ == "__main__":
    main()
