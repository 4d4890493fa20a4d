"""What is seen of a dream: its latest frame, how fast it sweeps, and whether the seed leads to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dream.scene import Shown
from studio.dream.settings import Show
from studio.dream.shown import reduced, reduction
from studio.dream.snapshots import THUMBNAIL
from studio.jobs.feed import Feed
from studio.jobs.frames import DreamFrame, as_levels, publish
from studio.models.chain import GibbsChain

AVERAGE = 0.2  # weight of the newest frame in the running average of samples
ToPictures = Callable[[Tensor, tuple[bool, bool]], NDArray[np.float32]]  # of what is shown, and which sides meet


class Screen:
    """Draws a chain and publishes its pictures; knows the latest of them."""

    def __init__(self, feed: Feed, clock: Callable[[], float], most_shown: int) -> None:
        self._feed, self._clock, self._most_shown = feed, clock, most_shown
        self._frame: DreamFrame | None = None  # the latest
        self._exact = False
        self._average: Tensor | None = None
        self._rate_mark = (0.0, 0)
        self._rate = 0.0
        self._drawn = 0.0

    @property
    def exact(self) -> bool:
        return self._exact

    @exact.setter
    def exact(self, exact: bool) -> None:
        self._exact = exact
        if self._frame is not None and self._frame.exact is not exact:  # what is on the screen says so from now on
            self._put(dataclasses.replace(self._frame, exact=exact))

    @property
    def age(self) -> float:
        """Seconds since it was drawn last."""
        return self._clock() - self._drawn

    def cut(self) -> None:
        """Average no longer over what was shown until now."""
        self._average = None

    def begin(self) -> None:
        """Show a chain that begins anew."""
        self.cut()
        self._rate_mark = (self._clock(), 0)

    def draw(self, chain: GibbsChain, to_pictures: ToPictures, show: Show) -> None:
        """Show where a chain stands."""
        now = self._drawn = self._clock()
        since, sweeps = self._rate_mark
        if now - since >= 1.0:
            self._rate = (chain.sweeps - sweeps) / (now - since)
            self._rate_mark = (now, chain.sweeps)
        shown, side = self._seen(chain, show)
        height, width = chain.size
        pictures = publish(to_pictures(shown, chain.controls.wrap))
        self._put(
            DreamFrame(
                pictures=pictures,
                sweep=chain.sweeps,
                sweeps_per_second=self._rate,
                reduction=side,
                canvas=(width, height),
                levels=as_levels(pictures) if side > 1 else None,
                exact=self.exact,
            )
        )

    def go_back(self, shown: Shown | None, sweeps: int) -> bool:
        """Show what was on the screen after so many sweeps, or return False where it has to be drawn."""
        self.cut()
        self._rate_mark = (self._clock(), sweeps)
        self._rate = 0.0
        if shown is not None:
            self._put(shown.frame(self.exact))
        return shown is not None

    def shown(self, sweeps: int) -> Shown | None:
        """Return what is on the screen, where it is of this sweep."""
        return Shown.of(self._frame, sweeps)

    def small(self, chain: GibbsChain, to_pictures: ToPictures, show: Show) -> NDArray[np.float32]:
        """Return the chains as they were shown just now or, of models of any size, by blocks where large."""
        if self._frame is not None and self._frame.sweep == chain.sweeps:
            return self._frame.pictures
        whole = chain.mean() if show is Show.MEAN else chain.sample()
        most = THUMBNAIL * THUMBNAIL * max(4, len(whole))
        small = reduced(whole, reduction(whole, most) if chain.model.any_size else 1)
        return to_pictures(small, chain.controls.wrap)

    def _put(self, frame: DreamFrame) -> None:
        self._frame = frame
        self._feed.put("dream", frame)

    def _seen(self, chain: GibbsChain, show: Show) -> tuple[Tensor, int]:
        """The mean, or a running average of samples: raw samples flicker faster than is safe to look at.

        And the side of the blocks whose means they are, where the canvas is too large to be shown.
        """
        mean = show is Show.MEAN
        whole = chain.mean() if mean else chain.sample()
        # What is not of any size may be seen through a filter that mixes its pixels.
        side = reduction(whole, self._most_shown) if chain.model.any_size else 1
        sample = reduced(whole, side)
        if mean:
            self._average = None
            return sample, side
        if self._average is None or self._average.shape != sample.shape:
            self._average = sample.clone()
        else:
            self._average = torch.lerp(self._average, sample, AVERAGE)
        return self._average, side
