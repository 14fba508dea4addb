"""Imports point down; what answers needs numpy alone; what learns stays in its room."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import themetag

PACKAGE = Path(themetag.__file__).parent

# A module imports from the rows below its own alone. A room of several modules is one name here
# and has its rows further down.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("learning",),
    ("batch", "cluster", "summary"),
    ("engines", "folders", "intake"),
    ("worker", "sources", "entered", "draft", "scorefile"),
    ("artifact", "tables", "similarity"),
    ("tagger", "documents"),
    ("evidence", "bulk", "tagged"),
    ("compiled", "ranking", "ranked"),
    ("passages",),
    ("linear", "prediction", "probability", "output", "original", "repeats"),
    ("entry",),
    ("codebook", "text", "page", "quality"),
    ("labels", "measures", "shown"),
    ("errors", "garbage"),
    ("",),  # the package itself: a version and names that are imported when used
)
ROOMS = {
    "cli": (("",), ("predict", "batch", "train", "evaluate", "ingest", "check", "suggest",
             "compare", "models", "drift"),
            ("options", "progress", "summary", "target"), ("streams",)),
    "learning": (
        ("check.checked", "drift.as_page", "releases.verify"),
        ("check.doubts", "drift.as_json", "drift.as_text", "exchange.corpustable",
         "exchange.formats", "train", "years"),
        ("check.boilerplate", "check.kinship", "drift.found", "evaluate", "exchange.accept",
         "exchange.doccano", "exchange.labelstudio", "exchange.sheets", "nested"),
        ("drift.novelty", "exchange.decisions", "folds", "ingest.draft", "releases.gate"),
        ("check.faults", "compare.models", "drift.newwords", "drift.unlikeness",
         "exchange.proposals", "fit", "ingest.alphabet", "ingest.lengths"),
        ("card", "check.written", "compare.account", "compare.strengths", "drift.sides",
         "ingest.blocks", "prepared"),
        ("compare.comparison", "compare.provenance", "compare.views", "corpus",
         "drift.expectation", "ingest.sections", "report"),
        ("calibrate", "check.judge", "compare.paired", "drift.unseen", "ingest.pages",
         "lexicon", "measure"),
        ("", "answers", "check", "check.findings", "codebookfile", "compare",
         "compare.wording", "criteria", "drift", "drift.newtable", "exchange",
         "exchange.added", "exchange.dropdowns", "features", "grouping", "history",
         "ingest", "ingest.councils", "ingest.furniture", "ingest.headings", "outoffold",
         "recipe", "releases", "releases.log", "ridge"),
    ),
    "tables": (
        ("",),
        ("writers",),
        ("lines", "readers"),
        ("briefs", "parquet", "plain", "workbook"),
        ("answers", "delimited", "heading", "parquet_file", "records", "sheet"),
        ("columns", "parts", "rows", "sink", "textfile"),
    ),
    "compiled": (("reader",), ("index", "kernel"), ("count",), ("scan",), ("hashing",),
                 ("alphabet", "jit", "tables"), ("",)),
    "documents": (("archive",), ("",), ("mhtml",), ("mail",),
                  ("word", "html", "markdown", "opendocument", "pdf", "rtf"),
                  ("encoding", "package", "rtf_tokens"), ("files", "signatures", "deadline"),
                  ("limits", "marks")),
}  # fmt: skip

LEARNING_LIBRARIES = {"sklearn", "scipy"}
READERS = {"docx", "lxml", "pypdf", "openpyxl", "pyarrow"}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its name within the package, "" for the package itself."""
    return {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        .removesuffix("__init__")
        .rstrip("."): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def statements(node: ast.AST, *, inside: bool = True) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that happen when a module runs, those inside functions if wanted."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif not is_type_checking(child) and (inside or not isinstance(child, ast.FunctionDef)):
            yield from statements(child, inside=inside)


def imported(statement: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the full names of modules that a statement imports."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    assert statement.level == 0, "imports are absolute"
    base = statement.module or ""
    if base.partition(".")[0] != "themetag":
        return [base]
    inner = base.removeprefix("themetag").lstrip(".")
    names = [f"{inner}.{alias.name}".lstrip(".") for alias in statement.names]
    found = [name for name in names if name in modules()]
    rest = [inner] if len(found) < len(names) else []
    return [f"themetag.{name}".rstrip(".") for name in found + rest]


def own_imports(name: str) -> set[str]:
    """Return the modules of the package that a module imports, anywhere."""
    everything = [module for s in statements(modules()[name]) for module in imported(s)]
    return {
        module.removeprefix("themetag").lstrip(".")
        for module in everything
        if module.partition(".")[0] == "themetag"
    }


def libraries(name: str) -> set[str]:
    """Return the libraries that a module imports, anywhere."""
    everything = [module for s in statements(modules()[name]) for module in imported(s)]
    return {module.partition(".")[0] for module in everything}


def room(name: str) -> str:
    return name.partition(".")[0]


def height(name: str, layers: tuple[tuple[str, ...], ...]) -> int:
    return next(len(layers) - i for i, layer in enumerate(layers) if name in layer)


def test_every_module_is_listed_in_a_layer() -> None:
    listed = {name for layer in LAYERS for name in layer if name not in ROOMS}
    for name, layers in ROOMS.items():
        listed |= {f"{name}.{inner}".rstrip(".") for layer in layers for inner in layer}
    assert listed == set(modules())


@pytest.mark.parametrize("name", list(modules()))
def test_imports_point_down(name: str) -> None:
    upwards = []
    for other in own_imports(name):
        if room(name) != room(other):
            if height(room(other), LAYERS) >= height(room(name), LAYERS):
                upwards.append(other)
            continue
        layers, inner = ROOMS[room(name)], name.partition(".")[2]
        if height(other.partition(".")[2], layers) >= height(inner, layers):
            upwards.append(other)
    assert upwards == []


def test_only_the_command_line_enters_what_learns_and_only_inside_functions() -> None:
    entering = {
        name for name in modules() for other in own_imports(name) if room(other) == "learning"
    }
    assert {room(name) for name in entering} == {"cli", "learning"}
    at_once = {
        module
        for name in modules()
        if room(name) == "cli"
        for statement in statements(modules()[name], inside=False)
        for module in imported(statement)
    }
    assert {module for module in at_once if module.startswith("themetag.learning")} == set()


def test_only_what_learns_imports_scikit_learn_and_scipy() -> None:
    assert {room(name) for name in modules() if libraries(name) & LEARNING_LIBRARIES} == {
        "learning"
    }


def test_only_the_command_line_imports_click() -> None:
    assert {room(name) for name in modules() if "click" in libraries(name)} == {"cli"}


def test_only_what_makes_a_page_imports_the_template_engine() -> None:
    assert {name for name in modules() if "jinja2" in libraries(name)} == {"page"}
    assert {name for name in modules() if "page" in own_imports(name)} == {
        "summary", "learning.drift.as_page",
    }  # fmt: skip


def test_nothing_imports_a_pickle() -> None:
    assert [name for name in modules() if libraries(name) & {"pickle", "dill", "cloudpickle"}] == []


def loaded_after(script: str, *arguments: object) -> set[str]:
    """Run a script in a fresh interpreter; return the packages and modules it has loaded."""
    report = "\nimport sys; print('\\n' + __import__('json').dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script + report, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    names = json.loads(done.stdout.splitlines()[-1])
    return {name.partition(".")[0] for name in names} | set(names)


def test_importing_the_package_loads_no_library() -> None:
    assert loaded_after("import themetag") & {"numpy", "click", *LEARNING_LIBRARIES} == set()


def test_importing_the_command_line_loads_no_numpy() -> None:
    heavy = {"numpy", "pandas", "joblib", *LEARNING_LIBRARIES, *READERS}
    assert loaded_after("import themetag.cli") & heavy == set()


def test_importing_what_loads_a_model_needs_numpy_alone() -> None:
    heavy = {"click", "pandas", "joblib", *LEARNING_LIBRARIES, *READERS}
    loaded = loaded_after("import themetag.artifact")
    assert loaded & heavy == set()
    assert "numpy" in loaded


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_tagging_a_text_file_loads_nothing_heavy(
    tiny_model: Path, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "entry.txt").write_text("Rough sleepers moved into flats.", encoding="utf-8")
    loaded = loaded_after(
        "import sys\n"
        "from themetag.cli import main\n"
        "main(['predict', *sys.argv[1:]], standalone_mode=False)",
        "--model", tiny_model, tmp_path / "entry.txt", *options,
    )  # fmt: skip
    heavy = {"pandas", "joblib", "numba", "themetag.learning", "themetag.batch", "themetag.tables"}
    assert loaded & (heavy | LEARNING_LIBRARIES | READERS) == set()
    assert {"numpy", "themetag.tagger", "themetag.documents"} <= loaded


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_no_test_reaches_the_network(host: str) -> None:
    # The class stands in conftest.py, which is no module to import from.
    with pytest.raises(BaseException) as caught:
        socket.create_connection((host, 80), timeout=1)
    assert type(caught.value).__name__ == "NetworkReached"


def test_tests_may_talk_to_their_own_machine() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        client.sendall(b"here")
        answering, _ = server.accept()
        with answering:
            assert answering.recv(4) == b"here"
