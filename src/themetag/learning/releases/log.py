"""`Log`: which model is current, and every promotion that led there.

The pointer `current` alone says which model answers. The record beside it is written first, so a
process that stops between the two leaves a line that never took effect: from the current model
backwards, a promotion counts only where it leads to the one that counts after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from themetag import artifact
from themetag.errors import ArtifactError, InputError
from themetag.output import new_file

RECORD = "releases.jsonl"
_LOCK = ".releases.lock"

# Comparing two models takes a second or two; whoever waits longer had better be told.
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of the current model."""

    action: Literal["use", "rollback"]
    """What was asked for."""
    version: str
    """The model that became current."""
    previous: str | None
    """The one that was current before; None where there was none."""
    when: str
    """The moment in UTC, ISO 8601 to the second."""
    seal: str
    """The seal of the model's manifest, by which a later change would show."""
    reason: str | None = None
    """Why it was forced, where it was."""
    scores: Mapping[str, Any] = field(default_factory=dict)
    """The decisive figures beside the previous model's, where they were compared."""


@dataclass(frozen=True, slots=True)
class Log:
    """The pointer and the record of one folder of released models."""

    folder: Path
    """The folder of released models."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from promoting; a process that dies lets go.

        Raises:
            InputError: when the folder cannot be written, or somebody else holds it for too long.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / _LOCK, timeout=_PATIENCE_S)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise InputError(
                "another release is going on here; try again when it has ended", self.folder
            ) from error
        except OSError as error:
            raise InputError(f"cannot be locked: {error.strerror or error}", self.folder) from error
        try:
            yield
        finally:
            lock.release()

    @property
    def current(self) -> str | None:
        """The version that is current; None where no model is.

        Raises:
            ArtifactError: when the pointer cannot be read or names no version.
        """
        pointer = self.folder / artifact.CURRENT
        try:
            version = pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            raise ArtifactError(f"cannot be read: {error}", pointer) from error
        return version or None

    def written(self) -> tuple[Promotion, ...]:
        """Return every promotion of the record, those that never took effect included.

        Raises:
            ArtifactError: when the record is damaged.
        """
        path = self.folder / RECORD
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except (OSError, ValueError) as error:
            raise ArtifactError(f"cannot be read: {error}", path) from error
        try:
            return tuple(Promotion(**json.loads(line)) for line in lines if line)
        except (TypeError, ValueError) as error:
            raise ArtifactError(
                f"the record of releases is damaged ({error}); restore it", path
            ) from error

    def effective(self) -> tuple[Promotion, ...]:
        """Return the promotions that took effect, the last one first."""
        found, version = [], self.current
        for promotion in reversed(self.written()):
            if promotion.version == version:
                found.append(promotion)
                version = promotion.previous
        return tuple(found)

    def before(self) -> str | None:
        """Return the version that a rollback leads to; None where there is none.

        What was rolled back does not come again: after it, the way leads further back.
        """
        promotions = self.effective()[::-1]
        versions = [promotions[0].previous] if promotions else []
        for promotion in promotions:
            kept = versions if promotion.action == "use" else versions[:-2]
            versions = [*kept, promotion.version]
        return versions[-2] if len(versions) > 1 else None

    def released(self) -> frozenset[str]:
        """Return every version that is or was current, or was about to be."""
        known = {self.current}
        known.update(name for row in self.written() for name in (row.version, row.previous))
        return frozenset(name for name in known if name)

    def seal_of(self, version: str) -> str | None:
        """Return the seal under which a version was released first; None where it never was."""
        return next((row.seal for row in self.written() if row.version == version), None)

    def promote(self, promotion: Promotion) -> None:
        """Record a promotion and let the pointer name its version; hold the lock meanwhile.

        Raises:
            InputError: when either file cannot be written; the current model is then as it was.
        """
        lines = [*self.written(), promotion]
        with new_file(self.folder / RECORD, overwrite=True) as file:
            for row in lines:
                file.write((json.dumps(asdict(row), ensure_ascii=False) + "\n").encode())
        with new_file(self.folder / artifact.CURRENT, overwrite=True) as file:
            file.write(f"{promotion.version}\n".encode())


def check_seal(model: Path) -> bool:
    """Say whether a model was released; a released one must be what it was then.

    Raises:
        ArtifactError: when another model stands in its place.
    """
    place = model.resolve()
    sealed = Log(place.parent).seal_of(place.name)
    if sealed not in (None, artifact.read_manifest(model)["seal"]):
        raise ArtifactError(
            "is another model than the one that was released under this name; restore it", model
        )
    return sealed is not None


@contextmanager
def unreleased(model: Path) -> Iterator[None]:
    """Let a model folder be written while nobody can release what stands there.

    Raises:
        InputError: when it is or was a released model, which stays as it is.
    """
    log = Log(model.resolve().parent)
    refuse_released(model)
    with log.held():
        refuse_released(model)
        yield


def refuse_released(model: Path) -> None:
    """Refuse to write over a released model.

    Raises:
        InputError: when the folder is or was current among the models beside it.
    """
    place = model.resolve()
    if place.name in Log(place.parent).released():
        raise InputError(
            "is or was a released model, and those stay as they are; choose another version", model
        )
