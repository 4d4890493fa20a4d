"""How fast others train an RBM. Run as a script in an environment of its own, which has them; it knows no studio.

Arguments: NAME ROWS.npy HIDDEN BATCH THREADS. Prints one JSON object: version, and pictures a second.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
RATE = 0.05
WARM = 1000  # pictures learned before the clock starts


def scikit_learn(rows: Rows, hidden: int, batch: int) -> Callable[[Rows], object]:
    """PCD-1 by BernoulliRBM, in single precision."""
    made = importlib.import_module("sklearn.neural_network").BernoulliRBM(
        n_components=hidden, learning_rate=RATE, batch_size=batch, n_iter=1, random_state=0
    )
    made.fit(rows[:WARM])
    learn: Callable[[Rows], object] = made.fit
    return learn


def learnergy(rows: Rows, hidden: int, batch: int) -> Callable[[Rows], object]:
    """CD-1 by learnergy's own loop."""
    torch = importlib.import_module("torch")
    data = importlib.import_module("torch.utils.data")
    made = importlib.import_module("learnergy.models.bernoulli").RBM(rows.shape[1], hidden, steps=1, learning_rate=RATE)

    def learn(part: Rows) -> object:
        pictures = data.TensorDataset(torch.from_numpy(part), torch.zeros(len(part)))
        return made.fit(pictures, batch_size=batch, epochs=1)

    learn(rows[:WARM])
    return learn


def rbms(rows: Rows, hidden: int, batch: int) -> Callable[[Rows], object]:
    """PCD-1 by the step that rbms trains with, as many chains as pictures in a batch."""
    torch = importlib.import_module("torch")
    step = importlib.import_module("rbms.training.pcd").fit_batch_pcd
    made = importlib.import_module("rbms.bernoulli_bernoulli.classes").BBRBM(
        torch.randn(rows.shape[1], hidden) * 0.01, torch.zeros(rows.shape[1]), torch.zeros(hidden)
    )
    made.init_grad()
    optimiser = importlib.import_module("torch.optim").SGD(made.parameters(), lr=RATE, maximize=True)
    kept: list[Any] = [made.init_chains(batch)]

    def learn(part: Rows) -> None:
        pictures, ones = torch.from_numpy(part), torch.ones(batch, 1)
        for start in range(0, len(part) - batch + 1, batch):
            kept[0], _ = step((pictures[start : start + batch], ones), kept[0], made, 1, 1.0)
            optimiser.step()

    learn(rows[:WARM])
    return learn


LOOPS = {"scikit-learn": scikit_learn, "learnergy": learnergy, "rbms": rbms}


def main(name: str, path: str, hidden: int, batch: int, threads: int) -> None:
    rows = np.load(path, allow_pickle=False)
    if name != "scikit-learn":
        importlib.import_module("torch").set_num_threads(threads)
    learn = LOOPS[name](rows, hidden, batch)
    began = time.perf_counter()
    learn(rows)
    speed = len(rows) / (time.perf_counter() - began)
    print(json.dumps({"version": importlib.metadata.version(name), "speed": speed}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
