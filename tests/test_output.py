"""The failures here are real ones: a file that may not grow, a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import themetag
from themetag.errors import InputError
from themetag.output import new_file, new_folder, refuse_existing, refuse_target, set_aside

SOURCE = str(Path(themetag.__file__).parent.parent)


class Stopped(Exception):
    """What goes wrong in a block."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that holds an answer already, alone in its folder."""
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds an answer already, alone in its folder."""
    path = tmp_path / "2026.1"
    path.mkdir()
    (path / "terms.txt").write_bytes(b"old")
    return path


def holds(folder: Path) -> dict[str, bytes]:
    """Everything in a folder and its folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def process(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": SOURCE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def output_of(script: str, *arguments: object) -> str:
    with process(script, *arguments) as running:
        said, _ = running.communicate()
    assert running.returncode == 0
    return said


def kill_when_ready(script: str, *arguments: object) -> None:
    """Run a script until it says that it is ready, and kill it there."""
    with process(script, *arguments) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL


# Files


def test_a_file_takes_its_place_when_all_went_well(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with new_file(path, overwrite=False) as stream:
        stream.write(b"new")
        stream.flush()
        assert not path.exists()
    assert holds(tmp_path) == {"out.csv": b"new"}


def test_a_file_replaces_another_only_when_asked(file: Path) -> None:
    with new_file(file, overwrite=True) as stream:
        stream.write(b"new")
        stream.flush()
        assert file.read_bytes() == b"old"
    assert holds(file.parent) == {"out.csv": b"new"}
    with pytest.raises(InputError) as caught, new_file(file, overwrite=False):
        pytest.fail("the block was entered")
    assert str(caught.value) == f"{file}: exists already; choose another name or add --overwrite"
    assert holds(file.parent) == {"out.csv": b"new"}


def test_an_empty_file_is_an_output_too(tmp_path: Path) -> None:
    with new_file(tmp_path / "out.csv", overwrite=False):
        pass
    assert holds(tmp_path) == {"out.csv": b""}


@pytest.mark.parametrize("stop", [Stopped, KeyboardInterrupt, SystemExit])
def test_whatever_stops_the_writing_leaves_the_old_file(
    file: Path, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), new_file(file, overwrite=True) as stream:
        stream.write(b"half of the n")
        raise stop
    assert holds(file.parent) == {"out.csv": b"old"}


def test_an_error_of_the_block_is_not_taken_for_one_of_writing(file: Path) -> None:
    with pytest.raises(Stopped, match=r"^the tenth row is bad$"), new_file(file, overwrite=True):
        raise Stopped("the tenth row is bad")


def test_a_file_that_may_not_grow_leaves_the_old_file_and_no_litter(file: Path) -> None:
    said = output_of(
        """
        import resource, sys
        from pathlib import Path
        from themetag import errors, output
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        try:
            with output.new_file(Path(sys.argv[1]), overwrite=True) as stream:
                for _ in range(int(sys.argv[2])):
                    stream.write(b"new ")
        except errors.InputError as error:
            print(error)
        """,
        file,
        100_000,
    )
    assert said == f"{file}: cannot be written: File too large\n"
    assert holds(file.parent) == {"out.csv": b"old"}


def test_a_file_that_is_full_at_its_last_byte_leaves_the_old_file(file: Path) -> None:
    # Nothing is written before the block ends, since it all stands in the buffer.
    said = output_of(
        """
        import resource, sys
        from pathlib import Path
        from themetag import errors, output
        resource.setrlimit(resource.RLIMIT_FSIZE, (5, 5))
        try:
            with output.new_file(Path(sys.argv[1]), overwrite=True) as stream:
                stream.write(b"sixsix")
        except errors.InputError as error:
            print(error)
        """,
        file,
    )
    assert said == f"{file}: cannot be written: File too large\n"
    assert holds(file.parent) == {"out.csv": b"old"}


def test_a_killed_process_leaves_the_old_file(file: Path) -> None:
    kill_when_ready(
        """
        import sys
        from pathlib import Path
        from themetag import output
        with output.new_file(Path(sys.argv[1]), overwrite=True) as stream:
            stream.write(b"half of the n")
            stream.flush()
            print("ready", flush=True)
            sys.stdin.read()
        """,
        file,
    )
    assert file.read_bytes() == b"old"


def test_a_killed_process_leaves_no_file_where_none_was(tmp_path: Path) -> None:
    kill_when_ready(
        """
        import sys
        from pathlib import Path
        from themetag import output
        with output.new_file(Path(sys.argv[1]), overwrite=False) as stream:
            print("ready", flush=True)
            sys.stdin.read()
        """,
        tmp_path / "out.csv",
    )
    assert not (tmp_path / "out.csv").exists()
    # What it left behind is hidden from an ordinary listing.
    assert [path.name[:9] for path in tmp_path.iterdir()] == [".out.csv."]


def test_a_file_in_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "out.csv"
    with pytest.raises(InputError) as caught, new_file(path, overwrite=False):
        pytest.fail("the block was entered")
    assert str(caught.value) == f"{path}: cannot be written: No such file or directory"


def test_a_folder_is_not_replaced_by_a_file(folder: Path) -> None:
    with pytest.raises(InputError) as caught, new_file(folder, overwrite=True):
        pytest.fail("the block was entered")
    assert str(caught.value) == f"{folder}: is a folder; name a file"
    assert holds(folder) == {"terms.txt": b"old"}


def test_a_file_with_the_longest_name_can_be_written(tmp_path: Path) -> None:
    name = f"{'a' * 251}.csv"
    (tmp_path / name).touch()  # the file system allows it
    with new_file(tmp_path / name, overwrite=True) as stream:
        stream.write(b"new")
    assert holds(tmp_path) == {name: b"new"}


@pytest.fixture(params=[0o022, 0o077, 0o002], ids=oct)
def mask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_an_output_has_the_permissions_of_any_new_file(tmp_path: Path, mask: int) -> None:
    with new_file(tmp_path / "out.csv", overwrite=False):
        pass
    with new_folder(tmp_path / "2026.1", overwrite=False):
        pass
    assert oct((tmp_path / "out.csv").stat().st_mode & 0o777) == oct(0o666 & ~mask)
    assert oct((tmp_path / "2026.1").stat().st_mode & 0o777) == oct(0o777 & ~mask)


@pytest.mark.parametrize("make", [new_file, new_folder])
def test_a_name_with_a_line_end_makes_a_message_of_one_line(
    tmp_path: Path, make: Callable[..., AbstractContextManager[object]]
) -> None:
    path = tmp_path / "two\nlines"
    path.touch()
    with pytest.raises(InputError) as caught, make(path, overwrite=False):
        pytest.fail("the block was entered")
    assert str(caught.value) == (
        rf"{tmp_path}/two\nlines: exists already; choose another name or add --overwrite"
    )


def test_refusing_looks_at_what_is_there(file: Path) -> None:
    refuse_existing(file.parent / "other.csv", overwrite=False)
    refuse_existing(file, overwrite=True)
    with pytest.raises(InputError):
        refuse_existing(file, overwrite=False)


def test_an_input_is_no_target_under_any_of_its_names(file: Path) -> None:
    (file.parent / "link.csv").symlink_to(file)
    (file.parent / "in").mkdir()
    for path in (file, file.parent / "in/../out.csv", file.parent / "link.csv"):
        with pytest.raises(InputError, match=f"{path.name}: belongs to what is read"):
            refuse_target(path, [file], overwrite=True)
    with pytest.raises(InputError, match=r"page\.html: belongs to what is read"):
        refuse_target(file.parent / "in/page.html", [file.parent / "in"], overwrite=False)
    refuse_target(file, [file.parent / "in", file.parent / "none.csv"], overwrite=True)


# Folders


def test_a_folder_takes_its_place_when_all_went_well(tmp_path: Path) -> None:
    path = tmp_path / "models" / "2026.1"
    with new_folder(path, overwrite=False) as building:
        (building / "terms.txt").write_bytes(b"new")
        assert not path.exists()
    assert holds(tmp_path) == {"models/2026.1/terms.txt": b"new"}


def test_a_folder_replaces_another_only_when_asked(folder: Path) -> None:
    with pytest.raises(InputError) as caught, new_folder(folder, overwrite=False):
        pytest.fail("the block was entered")
    assert str(caught.value) == f"{folder}: exists already; choose another name or add --overwrite"
    with new_folder(folder, overwrite=True) as building:
        (building / "weights.npz").write_bytes(b"new")
        assert holds(folder) == {"terms.txt": b"old"}
    assert holds(folder.parent) == {"2026.1/weights.npz": b"new"}


@pytest.mark.parametrize("stop", [Stopped, KeyboardInterrupt, SystemExit])
def test_whatever_stops_the_writing_leaves_the_old_folder(
    folder: Path, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), new_folder(folder, overwrite=True) as building:
        (building / "terms.txt").write_bytes(b"half of the n")
        raise stop
    assert holds(folder.parent) == {"2026.1/terms.txt": b"old"}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_killed_process_leaves_the_old_folder(folder: Path) -> None:
    kill_when_ready(
        """
        import sys
        from pathlib import Path
        from themetag import output
        with output.new_folder(Path(sys.argv[1]), overwrite=True) as building:
            (building / "terms.txt").write_bytes(b"half of the n")
            print("ready", flush=True)
            sys.stdin.read()
        """,
        folder,
    )
    assert holds(folder) == {"terms.txt": b"old"}


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(
    folder: Path, tmp_path: Path
) -> None:
    """The old one, here a link, is out of the way when the new one fails to be renamed."""
    link = tmp_path / "link"
    link.symlink_to(folder)
    said = output_of(
        """
        import sys
        from pathlib import Path
        from themetag import errors, output

        def fail_the_second_time(event, arguments, renamed=[]):
            if event == "os.rename":
                renamed.append(arguments)
                if len(renamed) == 2:
                    raise OSError(5, "Input/output error")

        try:
            with output.new_folder(Path(sys.argv[1]), overwrite=True) as building:
                (building / "terms.txt").write_bytes(b"new")
                sys.addaudithook(fail_the_second_time)
        except errors.InputError as error:
            print(error)
        """,
        link,
    )
    assert said == f"{link}: cannot be written: Input/output error\n"
    assert holds(link) == {"terms.txt": b"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026.1", "link"]


def test_a_file_is_not_replaced_by_a_folder(file: Path) -> None:
    with pytest.raises(InputError), new_folder(file, overwrite=True):
        pass
    assert holds(file.parent) == {"out.csv": b"old"}


# Folders that replace folders


REPLACE = """
import os, signal, sys
from pathlib import Path
from themetag import output
step, count = sys.argv[2], int(sys.argv[3])
real, calls = getattr(os, step), 0

def dying(*given):
    global calls
    calls += 1
    if calls == count:
        print("ready", flush=True)
        sys.stdin.read()
    return real(*given)

setattr(os, step, dying)
with output.new_folder(Path(sys.argv[1]), overwrite=True) as building:
    (building / "terms.txt").write_bytes(b"new")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such step here")
def test_a_folder_changes_places_with_the_old_one_in_one_step(folder: Path) -> None:
    kill_when_ready(REPLACE, folder, "fsync", 1)
    assert holds(folder) == {"terms.txt": b"new"}
    assert set_aside(folder) == []
    # What was there before stands hidden beside it.
    assert sorted(holds(folder.parent).values()) == [b"new", b"old"]


def test_where_there_is_no_such_step_a_kill_leaves_the_old_folder_aside(
    folder: Path, tmp_path: Path
) -> None:
    """A link cannot change places with a folder: it goes aside by a first renaming."""
    link = tmp_path / "link"
    link.symlink_to(folder)
    kill_when_ready(REPLACE, link, "rename", 2)
    assert not link.exists()
    (aside,) = set_aside(link)
    assert holds(aside) == {"terms.txt": b"old"}
    aside.rename(link)
    assert holds(link) == {"terms.txt": b"old"}


def test_a_link_to_a_folder_is_replaced_and_what_it_led_to_stays(
    folder: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    with new_folder(link, overwrite=True) as building:
        (building / "terms.txt").write_bytes(b"new")
    assert (holds(link), holds(folder)) == ({"terms.txt": b"new"}, {"terms.txt": b"old"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026.1", "link"]


def test_nothing_is_aside_of_a_place_that_is_not_there(tmp_path: Path) -> None:
    assert set_aside(tmp_path / "gone" / "2026.1") == []
