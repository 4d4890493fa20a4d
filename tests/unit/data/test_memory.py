"""What can be had: of the machine, and of the container it is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data import memory


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 3000 kB\n")
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTAINER", tmp_path)
    return tmp_path


def test_a_machine_without_containers_has_what_it_says(told: Path) -> None:
    assert told.is_dir()
    assert memory.free_bytes() == 3000 << 10


def test_a_container_has_what_its_limit_leaves(told: Path) -> None:
    for name, text in (("max", "1000000"), ("current", "600000"), ("stat", "anon 500000\nfile 100000\n")):
        (told / f"memory.{name}").write_text(text)
    assert memory.free_bytes() == 500_000
    (told / "memory.max").write_text("max\n")
    assert memory.free_bytes() == 3000 << 10
