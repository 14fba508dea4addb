"""Long runs that break things on purpose: one a name.

    python benchmarks/endurance.py NAME > benchmarks/results/endurance_NAME.txt

Each run stands in a module of its own, which says what it breaks and what must hold all the while;
it ends with status 1 where something did not.
"""

from __future__ import annotations

import sys
from importlib import import_module

RUNS = {
    "batch": "endurance_batch",  # batches killed at random moments and gone on with
    "dask": "endurance_dask",  # workers of a cluster killed on the way
    "models": "endurance_models",  # train, use and rollback killed at random moments
}


def main() -> None:
    """Run what is named."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in RUNS:
        sys.exit(f"usage: python benchmarks/endurance.py {{{','.join(RUNS)}}}")
    import_module(RUNS[name]).main()


if __name__ == "__main__":
    main()
