"""The quick similarity: the same figures as the thorough one, in fewer patches."""

from __future__ import annotations

import pytest

from studio.lab.exemplar import halved
from studio.lab.similarity import CEILING_PATCHES, Similarity
from studio.lab.texture import ceiling, tss
from tests.unit.lab.textures import Values, noise, pebbles, weave


@pytest.mark.parametrize(
    "picture", [weave(90, 80), pebbles(90, 80), noise(90, 80, channels=3)], ids=["weave", "pebbles", "noise"]
)
def test_it_is_the_tss_of_the_same_patches_over_the_ceiling(picture: Values) -> None:
    texture = halved(picture)
    quick, samples = Similarity(texture), texture.learning[None, :40, 5:]
    assert quick.tss(samples, 60) == pytest.approx(tss(samples, texture, patches=60).mean, abs=1e-5)
    assert quick.ceiling == pytest.approx(ceiling(texture, patches=CEILING_PATCHES).mean, abs=1e-5)
    assert quick.of(samples) == pytest.approx(tss(samples, texture, patches=100).mean / quick.ceiling, abs=1e-5)


def test_the_material_itself_is_at_one_and_another_far_below() -> None:
    quick = Similarity(halved(weave(120, 100)))
    assert quick.of(weave(132, 132)[None]) == pytest.approx(1, abs=0.02)
    assert quick.of(noise(132, 132)[None]) < 0.7
