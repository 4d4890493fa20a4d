"""The projects that come with the studio, to be opened as copies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from studio.errors import ProjectError
from studio.paths import resources

SUFFIX = ".harmonium"


@dataclass(frozen=True, slots=True)
class SampleProject:
    """A bundled project; `workspace` is where there is most to see of it."""

    name: str
    title: str
    line: str
    workspace: str
    path: Path

    @property
    def picture(self) -> Path:
        """A PNG, three wide and two high."""
        return self.path.with_suffix(".png")


def sample_projects(folder: Path | None = None) -> tuple[SampleProject, ...]:
    """Return the bundled projects in order; raises ProjectError where their list cannot be read."""
    folder = folder or resources() / "samples"
    try:
        listed = json.loads((folder / "samples.json").read_bytes())
        return tuple(
            SampleProject(
                str(each["name"]),
                str(each["title"]),
                str(each["line"]),
                str(each["workspace"]),
                folder / f"{each['name']}{SUFFIX}",
            )
            for each in listed
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProjectError(
            f"The sample projects cannot be listed: {error}", "Install Harmonium Studio again."
        ) from error
