"""Released models: immutable folders, a pointer to the current one, and a gate before it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themetag import artifact
from themetag.errors import ArtifactError, ThemetagError
from themetag.learning.compare.comparison import Comparison
from themetag.learning.compare.models import compare
from themetag.learning.releases.log import Log, Promotion, check_seal


@dataclass(frozen=True, slots=True)
class Release:
    """A model in the folder of released models."""

    version: str
    """The name of its folder."""
    is_current: bool
    """Whether it answers."""
    since: str | None
    """When it became current for the last time; None where the record does not say."""
    metrics: dict[str, Any]
    """The headline figures of its manifest."""
    damage: str | None
    """What is wrong with its manifest; None where nothing is."""


def releases(folder: Path) -> list[Release]:
    """List the models of a folder of released models by name.

    Raises:
        ArtifactError: when there is no such folder, or its pointer or record is damaged.
    """
    log = _log(folder)
    current, since = log.current, {row.version: row.when for row in reversed(log.effective())}
    found = sorted(x for x in folder.iterdir() if x.is_dir() and not x.name.startswith("."))
    listed = [_release(path, current, since.get(path.name)) for path in found]
    if current is not None and current not in {row.version for row in listed}:
        listed.append(Release(current, True, since.get(current), {}, "there is no such folder"))
    return listed


def place(folder: Path, version: str) -> Path:
    """Return where a released model stands.

    Raises:
        ArtifactError: when there is no such folder, or the version is none but leads elsewhere.
    """
    _log(folder)
    is_name = version not in ("", "..") and Path(version).name == version and "\\" not in version
    if not is_name or version != version.strip() or not version.isprintable():
        raise ArtifactError(
            f"{version!r} is no version; give the name of a folder that stands here", folder
        )
    return folder / version


def current(folder: Path) -> Path:
    """Return the folder of the model that is current among released ones.

    Raises:
        ArtifactError: when none is.
    """
    version = _log(folder).current
    if version is None:
        raise ArtifactError("no file 'current' names a model here; see --artifacts", folder)
    return place(folder, version)


def use(folder: Path, version: str, reason: str | None = None) -> Comparison | None:
    """Make a model the current one, unless it is worse than the one that is.

    Args:
        folder: the folder of released models.
        version: the name of the model's folder.
        reason: why to take it all the same; it is recorded, and nothing is refused but a model
            that cannot be loaded.

    Returns:
        The comparison with the model that was current; None where there was none to compare.

    Raises:
        ArtifactError: when the model is not there, damaged, current already, cannot be compared
            or is worse beyond its interval.
        InputError: when the folder cannot be written.
    """
    log, new = _log(folder), place(folder, version)
    with log.held():
        seal = _checked(new)
        previous = log.current
        if previous == version:
            raise ArtifactError("is the current model already", new)
        comparison = _judged(folder, previous, new, is_forced=reason is not None)
        log.promote(
            Promotion("use", version, previous, _now(), seal, reason, _decisive(comparison))
        )
    return comparison


def rollback(folder: Path) -> str:
    """Return to the model that was current before, and further back when asked again.

    Returns:
        Its version.

    Raises:
        ArtifactError: when no model came before, or it cannot be loaded.
        InputError: when the folder cannot be written.
    """
    log = _log(folder)
    with log.held():
        version = log.before()
        if version is None:
            raise ArtifactError("the record names no model before the current one", folder)
        seal = _checked(place(folder, version))
        log.promote(Promotion("rollback", version, log.current, _now(), seal))
    return version


def _log(folder: Path) -> Log:
    if not folder.is_dir():
        raise ArtifactError("there is no such folder of released models; see --artifacts", folder)
    return Log(folder)


def _judged(folder: Path, previous: str | None, new: Path, *, is_forced: bool) -> Comparison | None:
    if previous is None:
        return None
    remedy = '--force "REASON" promotes it all the same'
    try:
        comparison = compare(folder / previous, new)
    except ThemetagError as error:
        if is_forced:
            return None
        raise ArtifactError(
            f"cannot be judged beside {previous}: {error}; {remedy}", new
        ) from error
    if comparison.objections and not is_forced:
        raise ArtifactError(
            f"is not good enough to follow {previous}: {'; '.join(comparison.objections)}; see "
            f"`themetag compare {previous} {new.name}`; {remedy}",
            new,
        )
    return comparison


def _decisive(comparison: Comparison | None) -> dict[str, Any]:
    rows = comparison.decisive if comparison else ()
    return {
        row.name: {
            "old": row.old.value,
            "new": row.new.value,
            "gold": row.gold,
            "difference": asdict(row.difference),
        }
        for row in rows
    }


def _checked(model: Path) -> str:
    """Return the seal of a model that loads and whose folder is named by its version."""
    tagger = artifact.load(model)
    if tagger.version != model.name:
        raise ArtifactError(
            f"says that it is version {tagger.version}; a released folder is named by its version",
            model,
        )
    check_seal(model)
    return str(artifact.read_manifest(model)["seal"])


def _release(path: Path, current: str | None, since: str | None) -> Release:
    is_current = path.name == current
    try:
        metrics = artifact.read_manifest(path).get("metrics", {})
    except ArtifactError as error:
        return Release(path.name, is_current, since, {}, error.message)
    return Release(path.name, is_current, since, metrics, None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
