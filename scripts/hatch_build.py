"""Build hook: pack the released model that artifacts/current names into the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackCurrentModel(BuildHookInterface[Any]):
    """Put the folder of the current model at themetag/default_model."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folder to what the wheel holds."""
        artifacts = Path(self.root) / "artifacts"
        current = (artifacts / "current").read_text(encoding="utf-8").strip()
        build_data["force_include"][str(artifacts / current)] = "themetag/default_model"
