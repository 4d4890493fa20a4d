"""The hash of a model depends on its values and nothing else."""

from __future__ import annotations

import numpy as np

from studio.project.hashing import model_hash


def test_order_layout_and_byte_order_do_not_matter() -> None:
    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    b = np.ones(2, np.float32)
    one = model_hash({"a": a, "b": b})
    assert one == model_hash({"b": b, "a": np.asfortranarray(a)})
    assert one == model_hash({"a": a.astype(">f4"), "b": b})


def test_names_shapes_types_and_values_matter() -> None:
    a = np.arange(6, dtype=np.float32)
    hashes = {
        model_hash({"a": a}),
        model_hash({"b": a}),
        model_hash({"a": a.reshape(2, 3)}),
        model_hash({"a": a.astype(np.float64)}),
        model_hash({"a": a + 1}),
        model_hash({}),
    }
    assert len(hashes) == 6
