"""Output that appears whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from themetag.errors import InputError

# From linux/fs.h and fcntl.h.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# How long a run waits for another that writes the same.
_PATIENCE_S = 10


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse an output that would replace something.

    Raises:
        InputError: when the path exists and is not to be replaced.
    """
    if path.exists() and not overwrite:
        raise InputError("exists already; choose another name or add --overwrite", path)


def refuse_target(
    path: Path,
    inputs: Iterable[str | Path] = (),
    suffixes: Sequence[str] = (),
    *,
    overwrite: bool,
) -> None:
    """Refuse, before any work is done, a file that cannot or must not be written at its end.

    Args:
        path: where the file is to go.
        inputs: the files and folders that are read; one that does not exist is no input.
        suffixes: what its name may end in, in lower case; anything where none is given.
        overwrite: whether it may replace another file, which no input is.

    Raises:
        InputError: saying why it cannot.
    """
    if suffixes and path.suffix.lower() not in suffixes:
        raise InputError(f"give a name that ends in {' or '.join(suffixes)}", path)
    if path.is_dir():
        raise InputError("is a folder; name a file", path)
    if not path.parent.is_dir():
        raise InputError("its folder does not exist; make it first or name another", path)
    for read in map(Path, inputs):
        if _is_in(path, read):
            raise InputError("belongs to what is read; name another output", path)
    refuse_existing(path, overwrite=overwrite)


@contextmanager
def new_file(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Give a file that takes its place at `path` when all went well.

    Raises:
        InputError: when `path` exists and is not to be replaced, or cannot be written.
    """
    import tempfile  # slow to import, and `predict` writes no file

    refuse_existing(path, overwrite=overwrite)
    if path.is_dir():
        raise InputError("is a folder; name a file", path)
    try:
        handle, building = tempfile.mkstemp(prefix=f".{path.name[:60]}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(building, 0o666 & ~_umask())
            os.replace(building, path)
            _keep(path.parent)
        finally:
            Path(building).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path) from error


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a file that is read and then written, so that nobody's change is lost.

    Beside it stays the empty file that is locked; the lock dies with its process.

    Raises:
        InputError: when it cannot be locked, or somebody else holds it for too long.
    """
    from filelock import FileLock, Timeout

    if not path.parent.is_dir():  # the lock would make it
        raise InputError("cannot be written: its folder does not exist", path)
    lock = FileLock(path.with_name(f".{path.name[:60]}.lock"), timeout=_PATIENCE_S)
    try:
        lock.acquire()
    except Timeout as error:
        raise InputError("somebody else is writing it; try again later", path) from error
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def new_folder(folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary folder that takes the place of `folder` when all went well.

    Raises:
        InputError: when `folder` exists and is not to be replaced, or cannot be written.
    """
    import shutil
    import tempfile

    refuse_existing(folder, overwrite=overwrite)
    if folder.is_file():
        raise InputError("is a file; name a folder", folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name[:60]}.", dir=folder.parent))
        try:
            yield building
            building.chmod(0o777 & ~_umask())
            _take_place(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", folder) from error


def set_aside(folder: Path) -> list[Path]:
    """Return the folders that a replacement, cut short, took from this place and left beside it."""
    if not folder.parent.is_dir():
        return []
    beside = (path for path in folder.parent.iterdir() if path.name.startswith(_aside(folder)))
    return sorted(path / folder.name for path in beside if (path / folder.name).is_dir())


def _take_place(building: Path, folder: Path) -> None:
    """Put one folder where another may stand, which is then where this one was or gone."""
    import shutil
    import tempfile

    if not folder.exists():
        os.rename(building, folder)
    elif folder.is_symlink() or not _exchange(building, folder):
        # A kill between the two renames leaves the old folder beside its place: see `set_aside`.
        aside = Path(tempfile.mkdtemp(prefix=_aside(folder), dir=folder.parent))
        try:
            os.rename(folder, aside / folder.name)
            os.rename(building, folder)
        except BaseException:
            if not folder.exists():
                os.rename(aside / folder.name, folder)
            os.rmdir(aside)
            raise
        shutil.rmtree(aside)
    _keep(folder.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system has one; say whether it did.

    Python knows no such step. Linux has it since 3.15, on file systems that support it.
    """
    import ctypes

    step = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    return step is not None and (
        step(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0
    )


def _keep(folder: Path) -> None:
    """Make the names in a folder outlast a loss of power."""
    # The output stands in its place already; some systems cannot open a folder or flush it.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _aside(folder: Path) -> str:
    return f".{folder.name[:60]}.old."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _is_in(path: Path, place: Path) -> bool:
    """Say whether a path is a place or is in it, whatever the two are called."""
    whole = path.resolve()
    return place.exists() and any(
        one.exists() and one.samefile(place) for one in (whole, *whole.parents)
    )
