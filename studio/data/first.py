"""The first of the large pictures a spec names, for a look before all of them are read."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable

from studio.data.collect import included, kept_rows
from studio.data.exemplar import ExemplarReader, Known, Pixels, from_array
from studio.data.freed import given_back
from studio.data.pool import Watch
from studio.data.reading import UnreadableError
from studio.data.sources import find
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import DataError


@given_back()
def first_exemplar(
    spec: DatasetSpec, preprocess: Preprocess, cancelled: Callable[[], bool] | None = None
) -> tuple[Pixels, Known]:
    """Return the first usable picture (C, H, W) as large as it is, and what is known of it; DataError if none is."""
    check = Watch(None, cancelled).check
    whole = dataclasses.replace(preprocess, patch_scale=1.0, flatten=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as when all of them are read
        stacks, files = included(find(spec, check), spec)
        for stack in stacks:
            for block, _, _ in kept_rows(stack, spec.excluded):
                for picture in block:
                    try:
                        return from_array(picture, whole)
                    except UnreadableError:
                        continue  # reading them all gives each its verdict
        read = ExemplarReader(whole)
        for file in files:
            check()
            result = read(file)
            if not isinstance(result, str):
                return result
    raise DataError("There is no picture whose structure could be measured.", "Choose other pictures.")
