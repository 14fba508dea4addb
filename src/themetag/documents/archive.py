"""Documents in a ZIP archive, read where they are: nothing is unpacked to the disk."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from themetag.documents import SUFFIXES, text_of, unknown_kind
from themetag.documents.files import opened
from themetag.documents.package import content_of, refuse_bomb
from themetag.errors import InputError

SUFFIX = ".zip"

_LOCKED_BIT = 1
# Where a program on Unix puts the kind and the rights of a file, in what its maker may use.
_UNIX_MODE_SHIFT = 16


@contextmanager
def opened_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive for reading its members.

    Raises:
        InputError: the file is missing, cannot be read, or is no archive.
    """
    with opened(path) as stream:
        try:
            archive = zipfile.ZipFile(stream)
        # A damaged directory makes zipfile stumble in many ways.
        except Exception as error:
            message = "is damaged or not a ZIP archive: pack or download it again"
            raise InputError(message, path) from error
        with archive:
            yield archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Return the text of one document, by its suffix.

    Raises:
        InputError: as for `read_text`; or the member is a link, locked, damaged, or too large once
            unpacked.
    """
    name = member.filename
    if stat.S_ISLNK(member.external_attr >> _UNIX_MODE_SHIFT):
        message = "is a link, which is not followed: pack the document itself"
        raise InputError(message, name)
    if Path(name).suffix.lower() not in SUFFIXES:
        raise unknown_kind(Path(name))
    if member.flag_bits & _LOCKED_BIT:
        message = "is locked in the archive by a password: pack it without one"
        raise InputError(message, name)
    try:
        refuse_bomb(member.file_size, name)
        data = content_of(archive, member, name)
    except InputError:
        raise
    # A damaged member, or one packed in a way that is not known here, is told in many ways.
    except Exception as error:
        raise InputError("is damaged in the archive: pack it again", name) from error
    return text_of(data, Path(name))
