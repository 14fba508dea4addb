"""Count the labelled corpus: the tables between the markers of training/README.md.

Without an option the tables are printed as Markdown. `--write` puts them into the README,
`--check` exits 1 when the README does not hold the present ones.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

TRAINING = Path(__file__).resolve().parents[1] / "training"
START, END = "<!-- counts -->", "<!-- /counts -->"


def read_table(path: Path) -> pd.DataFrame:
    """Read one table of the corpus as text, an empty cell as an empty string."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def read_corpus(training: Path = TRAINING) -> dict[str, pd.DataFrame]:
    """Read every table: the real entries, each file of them, and the two that only train."""
    years = {f"entries/{p.name}": read_table(p) for p in sorted((training / "entries").iterdir())}
    return {
        **years,
        "real": pd.concat(years.values(), ignore_index=True),
        "restated": read_table(training / "restated.csv"),
        "invented": read_table(training / "invented.csv"),
        "codings": read_table(training / "codings.csv"),
    }


def split_sets(column: pd.Series) -> list[frozenset[str]]:
    """Turn cells of labels joined by `|` into sets."""
    return [frozenset(filter(None, cell.split("|"))) for cell in column]


def supported(column: pd.Series, theme: str) -> int:
    """Count the rows whose cell names the theme."""
    return sum(theme in themes for themes in split_sets(column))


def markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table; every column but the first is a number."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    lines = [heads, rule, *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def word_range(column: pd.Series) -> str:
    """Return the shortest, median and longest text of a column in words."""
    lengths = column.map(lambda text: len(text.split()))
    return f"{lengths.min()} / {lengths.median():.0f} / {lengths.max()}"


def table_sizes(corpus: dict[str, pd.DataFrame]) -> str:
    """Count rows, entries with a category and with a theme, and words, by table."""
    names = [name for name in corpus if name not in {"real", "codings"}]
    rows = [
        (
            f"{name}.csv" if "/" not in name else name,
            len(corpus[name]),
            (corpus[name]["category"] != "").sum(),
            (corpus[name]["themes"] != "").sum(),
            word_range(corpus[name]["text"]),
        )
        for name in names
    ]
    heads = (
        "table",
        "entries",
        "with a category",
        "with a theme",
        "words in the text, min / median / max",
    )
    return markdown(heads, rows)


def by_year(corpus: dict[str, pd.DataFrame]) -> str:
    """Count real and restated entries by award year."""
    tables = [corpus[name]["year"].replace("", "none") for name in ("real", "restated")]
    years = sorted(set(tables[0]) | set(tables[1]))
    rows = [(year, *((table == year).sum() for table in tables)) for year in years]
    return markdown(("year", "real", "restated"), rows)


def by_category(corpus: dict[str, pd.DataFrame], names: Sequence[str]) -> str:
    """Count entries by category, and how the category of the real ones is known."""
    rows = []
    for name in names:
        real = corpus["real"][corpus["real"]["category"] == name]
        printed = (real["category_printed"] == "true").sum()
        others = [(corpus[table]["category"] == name).sum() for table in ("restated", "invented")]
        rows.append((name, len(real), printed, len(real) - printed, *others))
    total = ("all", *(sum(row[i] for row in rows) for i in range(1, 6)))
    heads = ("category", "real", "heading printed", "inferred", "restated", "invented")
    return markdown(heads, [*rows, total])


def paired_codings(codings: pd.DataFrame) -> pd.DataFrame:
    """Set the codings of the two coders side by side, one row an entry."""
    first, second = (
        codings[codings["coder"] == coder].set_index("id").add_suffix(f"_{coder}") for coder in "ab"
    )
    return first.join(second, how="inner", validate="one_to_one")


def f1(both: int, first: int, second: int) -> str:
    """Return the F1 between two coders, or a dash where neither used the label.

    >>> f1(3, 4, 4), f1(0, 0, 0)
    ('0.75', '–')
    """
    return f"{2 * both / (first + second):.2f}" if first + second else "–"


def by_theme(corpus: dict[str, pd.DataFrame], ids: Sequence[str]) -> str:
    """Count entries by theme, with the agreement of the two coders on the real ones."""
    pairs = paired_codings(corpus["codings"])
    first, second = split_sets(pairs["themes_a"]), split_sets(pairs["themes_b"])
    real = corpus["real"]
    rows = []
    for theme in ids:
        both = sum(theme in a & b for a, b in zip(first, second, strict=True))
        agreement = f1(both, sum(theme in a for a in first), sum(theme in b for b in second))
        counts = [supported(real["themes"], theme), (real["primary_theme"] == theme).sum()]
        counts += [supported(real["plausible_themes"], theme)]
        counts += [supported(corpus[name]["themes"], theme) for name in ("restated", "invented")]
        rows.append((theme, *counts[:3], agreement, *counts[3:]))
    heads = ("theme", "real", "of these primary", "plausible beside them", "coder F1")
    return markdown((*heads, "restated", "invented"), rows)


def agreement(corpus: dict[str, pd.DataFrame]) -> str:
    """Sum up how far the two coders of the real entries agreed and what was adjudicated."""
    pairs = paired_codings(corpus["codings"])
    first, second = split_sets(pairs["themes_a"]), split_sets(pairs["themes_b"])
    same = sum(a == b for a, b in zip(first, second, strict=True))
    both = sum(len(a & b) for a, b in zip(first, second, strict=True))
    primary = (pairs["primary_theme_a"] == pairs["primary_theme_b"]).sum()
    adjudicated = (corpus["codings"]["coder"] == "adjudicator").sum()
    rows = [
        ("entries coded by both", len(pairs)),
        ("same set of themes", f"{same} ({same / len(pairs):.1%})"),
        ("micro-F1 over themes", f1(both, sum(map(len, first)), sum(map(len, second)))),
        ("same primary theme", f"{primary} ({primary / len(pairs):.1%})"),
        ("same Covid flag", (pairs["covid_a"] == pairs["covid_b"]).sum()),
        ("adjudicated, all", adjudicated),
        ("adjudicated, sets differing", len(pairs) - same),
        ("adjudicated, primary theme alone", adjudicated - (len(pairs) - same)),
    ]
    return markdown(("agreement of coders a and b", "entries"), rows)


def groups(real: pd.DataFrame) -> str:
    """Count how many real entries share a project."""
    sizes = real["project"].value_counts()
    shared = sizes[sizes > 1]
    themes = sum(map(len, split_sets(real["themes"])))
    rows = [
        ("projects", len(sizes)),
        ("projects entered more than once", len(shared)),
        ("entries of those projects", shared.sum()),
        ("themes an entry, on average", f"{themes / len(real):.2f}"),
        ("entries without a theme", (real["themes"] == "").sum()),
        ("entries that mention Covid", (real["covid"] == "true").sum()),
        ("entries without a council", (real["council"] == "").sum()),
        ("entries without a title", (real["title"] == "").sum()),
    ]
    return markdown(("real entries", "count"), rows)


def counts(training: Path = TRAINING) -> str:
    """Return all tables as Markdown, in the order of the README."""
    corpus = read_corpus(training)
    book = tomllib.loads((training / "codebook.toml").read_text(encoding="utf-8"))
    names = [label["name"] for label in book["category"]]
    ids = [label["id"] for label in book["theme"]]
    tables = [table_sizes(corpus), groups(corpus["real"]), by_year(corpus)]
    tables += [by_category(corpus, names), by_theme(corpus, ids), agreement(corpus)]
    return "\n\n".join(tables)


def with_counts(readme: str, tables: str) -> str:
    r"""Return the README with the tables between its markers.

    >>> with_counts("a <!-- counts -->old<!-- /counts --> z", "new")
    'a <!-- counts -->\n\nnew\n\n<!-- /counts --> z'
    """
    before, rest = readme.split(START)
    after = rest.split(END)[1]
    return f"{before}{START}\n\n{tables}\n\n{END}{after}"


def main() -> int:
    """Print, write or check the tables; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true", help="put the tables into the README")
    choice.add_argument("--check", action="store_true", help="exit 1 if the README is not current")
    options = parser.parse_args()
    if not (options.write or options.check):
        print(counts())
        return 0
    path = TRAINING / "README.md"
    readme = path.read_text(encoding="utf-8")
    current = with_counts(readme, counts())
    if options.write:
        path.write_text(current, encoding="utf-8", newline="\n")
        return 0
    if readme != current:
        print(
            "training/README.md: the counts are not current; run scripts/corpus_counts.py --write"
        )
    return int(readme != current)


if __name__ == "__main__":
    raise SystemExit(main())
