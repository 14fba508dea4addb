"""Output that appears whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from themetag.errors import InputError


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Refuse an output that would replace something.

    Raises:
        InputError: when the path exists and is not to be replaced.
    """
    if path.exists() and not overwrite:
        raise InputError("exists already; choose another name or add --overwrite", path)


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
        finally:
            Path(building).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path) from error


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


def _take_place(building: Path, folder: Path) -> None:
    """Put one folder where another may stand; the old one goes only once it is out of the way."""
    import shutil
    import tempfile

    if not folder.exists():
        os.rename(building, folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:60]}.old.", dir=folder.parent))
    try:
        os.rename(folder, aside / folder.name)
        os.rename(building, folder)
    except BaseException:
        if not folder.exists():
            os.rename(aside / folder.name, folder)
        os.rmdir(aside)
        raise
    shutil.rmtree(aside)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
