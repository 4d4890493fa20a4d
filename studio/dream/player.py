"""The player: a chain at display rate, alone or in the gaps between training steps."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.dream.begin import begin, controls_of, rolls, size_of
from studio.dream.blend import MapReader
from studio.dream.held_picture import HeldPicture
from studio.dream.mixer import Levels
from studio.dream.moment import go_back, moment_of
from studio.dream.painting import Painting
from studio.dream.scene import Scene
from studio.dream.screen import Screen, ToPictures
from studio.dream.settings import DreamSettings
from studio.dream.shown import MOST_SHOWN
from studio.dream.snapshots import Snapshots
from studio.errors import SettingsError
from studio.jobs.feed import Feed
from studio.jobs.status import PlayerState
from studio.models.chain import Controls, GibbsChain, Instrument, Size

FRAME = 1 / 30
SHARED_FRAME = 1 / 20  # while a run goes on: each frame costs it, and the window's painting too
BUDGET = 0.002  # seconds a frame while training shares the thread
TURNED = (
    "temperature",
    "smooth",
    "drive",
    "seamless",
    "lean",
    "blend",
    "blend_picture",
    "roll",
)  # without beginning anew
BEGUN = ("seed", "chains", "coarse")  # which begin anew


class Player:
    """Sweeps a GibbsChain and publishes its pictures.

    Lives on the compute thread. `tick` is called between training steps or in a
    loop of its own, does at most its budget of work and returns the seconds
    until it wants to be called again. Training speed never changes what is
    dreamt from a seed without training: each frame takes exactly
    `sweeps_per_frame` sweeps, spread over as many ticks as the budget needs.
    """

    def __init__(
        self, feed: Feed, clock: Callable[[], float] = time.perf_counter, most_shown: int = MOST_SHOWN
    ) -> None:
        self._feed = feed
        self._screen = Screen(feed, clock, most_shown)
        self._levels = Levels()
        self._begun = 0
        self.snapshots = Snapshots()
        self.aside: object = None  # what whoever owns the player wants to find again in a scene
        self._clock = clock
        self._chain: GibbsChain | None = None
        self._to_pictures: ToPictures | None = None
        self._device = "cpu"
        self._playing = False
        self._owed = 0  # sweeps of the frame under way
        self._goal: int | None = None  # sweeps at which a rush ends
        self._next_frame = 0.0
        self._maps = MapReader()
        self.settings = DreamSettings()
        self.start_picture: Tensor | None = None
        self.held: HeldPicture | None = None
        self.painting: Painting | None = None

    @property
    def state(self) -> PlayerState:
        if self._chain is None:
            return PlayerState.EMPTY
        return PlayerState.PLAYING if self._playing else PlayerState.PAUSED

    @property
    def chain(self) -> GibbsChain | None:
        return self._chain

    def load(self, model: Instrument, to_pictures: ToPictures, device: str, keep_snapshots: bool = False) -> None:
        """Play this model from now on, from the current seed and start; its units are mixed as they come."""
        self._chain = None
        self._levels = Levels()
        if not keep_snapshots:
            self._forget_snapshots()
        self._model, self._to_pictures, self._device = model, to_pictures, device
        self.start_picture = self.held = self.painting = None
        self.restart()

    @property
    def exact(self) -> bool:
        """Whether the settings' seed leads to what is shown, with what is held."""
        return self._screen.exact

    @exact.setter
    def exact(self, exact: bool) -> None:
        self._screen.exact = exact

    def change(self, model: Instrument, levels: Levels) -> None:
        """Play another model over the same pictures, its units at these levels, from where the dream stands."""
        if self._chain is None:
            return
        self._model, self._levels = model, levels
        if self._chain.sweeps == 0:
            exact = self.exact and levels.neutral
            self.restart(self.start_picture, self.held)  # nothing was dreamt yet, so that the seed begins with it
            self.exact = exact
            return
        self.exact = False
        self._chain.take(model)
        self._control()

    def unload(self) -> None:
        """Put the model away; nothing plays until another is loaded."""
        self._chain = None
        self._to_pictures = None
        self._playing = False
        self.held = self.painting = None
        self._forget_snapshots()

    def restart(self, picture: Tensor | None = None, held: HeldPicture | None = None) -> None:
        """Begin anew with the settings' seed, from noise or from a picture in model space (n, C, H, W).

        A held picture stays where it is put until the next beginning without it, or until `release`; so does
        what is painted over it.
        """
        if self._to_pictures is None:
            return
        if self.painting is not None and self.painting.base is not held:
            self.painting = None
        self.start_picture, self.held = picture, held
        free = held is None and self.painting is None  # a canvas that begins small has nothing to hold there
        settings = dataclasses.replace(self.settings, coarse=self.settings.coarse and free)
        self._chain = begin(self._model, settings, self._device, picture, self._maps)
        if held is not None or self.painting is not None or not self._levels.neutral:
            self._control()
        if held is not None or self.painting is not None:
            self._hold()
        self._owed = 0
        self._goal = None
        self._begun += 1
        self.snapshots.begin()
        self._screen.begin()
        self._publish()
        self.exact = self._levels.neutral and self.painting is None

    def set(self, settings: DreamSettings) -> None:
        """Play with these settings; another seed, number of chains or kind of start begins anew.

        Raises DataError where the map of a blend cannot be read, and plays on as before.
        """
        before = self.settings
        if self._chain is None:
            self.settings = settings
            return
        controls = controls_of(self._model, settings, self._device, self._maps)  # before anything is changed
        self.settings = settings
        if any(getattr(before, name) != getattr(settings, name) for name in BEGUN):
            picture = self.start_picture
            self.restart(picture if picture is None or len(picture) == 1 else picture[:1], self.held)
            self.exact = self.exact and picture is None  # this seed may not have drawn that picture
            return
        size = size_of(self._model, settings)
        if size != self._chain.size and self._chain.sweeps == 0:
            exact = self.exact  # nothing was dreamt yet, so that the seed may as well begin on this canvas
            self.restart(self.start_picture, self.held)
            self.exact = exact
            return
        if any(getattr(before, name) != getattr(settings, name) for name in TURNED) or size != self._chain.size:
            self.exact = self.exact and self._chain.sweeps == 0
            self._screen.cut()
            self._control(controls)
            self._resize(size)
            self._publish()
        if before.show is not settings.show:
            self._publish()

    def release(self) -> None:
        """Set free what is held; the dream goes on from it."""
        if self._chain is None or (self.held is None and self.painting is None):
            return
        self.held = self.painting = None
        self.exact = False
        self._chain.clamp(None, None)
        self._control()

    def paint(self, painting: Painting | None, anew: Tensor | None = None, stamp: Tensor | None = None) -> None:
        """Hold what is painted from now on, and begin anew where a mask (H, W) is true, from noise or a stamp."""
        if self._chain is None:
            return
        self.painting = painting
        self.exact = False
        self._hold()
        if anew is not None and stamp is not None:
            self._chain.impress(anew, stamp)
        elif anew is not None:
            self._chain.shake(anew)
        if not self._playing or self._screen.age >= FRAME:
            self._publish()  # a sweep of a large canvas may take long, and the hand wants to see

    def _hold(self) -> None:
        """Clamp the chain to what is painted, else to what is held."""
        assert self._chain is not None
        if self.painting is not None:
            if self.painting.size != self._chain.size:
                self.painting.resize(self._chain.size)
            self.painting.hold(self._chain)
        elif self.held is not None:
            self.held.hold(self._chain)
        else:
            self._chain.clamp(None, None)

    def _resize(self, size: Size) -> None:
        assert self._chain is not None
        if size == self._chain.size:
            return
        if self.held is not None:
            self.held.resize(self._chain, size)
        else:
            self._chain.clamp(None, None)
            self._chain.resize(size)
        if self.painting is not None:
            self._hold()

    def mix(self, levels: Levels) -> None:
        """Play the units at these levels from the next sweep on."""
        if levels.neutral and self._levels.neutral:
            return
        self._levels = levels
        if self._chain is not None:
            self.exact = self.exact and self._chain.sweeps == 0 and levels.neutral
            self._control()

    def scene(self) -> Scene:
        """Return all that the dream goes on from; raises SettingsError where there is none."""
        if self._chain is None:
            raise SettingsError("There is no dream yet.", "Press Start, or open a project.")
        return Scene(
            moment=moment_of(self._chain),
            settings=self.settings,
            levels=self._levels,
            held=self.held,
            painting=None if self.painting is None else self.painting.kept(),
            start_picture=self.start_picture,
            begun=self._begun,
            exact=self.exact,
            shown=self._screen.shown(self._chain.sweeps),
            aside=self.aside,
        )

    @torch.no_grad()
    def go_back(self, scene: Scene) -> None:
        """Go on from a scene of this model: settings, levels and what was held are those of then."""
        if self._chain is None:
            return
        self.settings, self._levels, self.held = scene.settings, scene.levels, scene.held
        self.start_picture, self.aside = scene.start_picture, scene.aside
        self.painting = None if scene.painting is None else scene.painting.kept()
        go_back(self._chain, scene.moment)
        self.exact = scene.exact and scene.begun == self._begun
        self._owed = 0
        if not self._screen.go_back(scene.shown, scene.moment.sweeps):
            self._publish()

    @torch.no_grad()
    def keep_snapshot(self) -> None:
        """Keep where the dream stands; raises SettingsError where there is no dream, or no room."""
        scene = self.scene()
        assert self._chain is not None
        assert self._to_pictures is not None
        try:
            self.snapshots.keep(scene, self._screen.small(self._chain, self._to_pictures, self.settings.show))
        finally:
            self.tell_snapshots()

    def tell_snapshots(self) -> None:
        """Publish which snapshots there are."""
        self._feed.put("snapshots", self.snapshots.all)

    def _forget_snapshots(self) -> None:
        self.snapshots.clear()
        self.tell_snapshots()

    def _keep_due(self) -> None:
        """Keep a snapshot where it is time for one; nobody asked for it, so that nobody hears that there is no room."""
        if self._chain is not None and self.snapshots.due(self._chain.sweeps):
            with contextlib.suppress(SettingsError):
                self.keep_snapshot()

    def _control(self, turned: Controls | None = None) -> None:
        """Play the chain as the settings say, its borders as what is held wants them."""
        assert self._chain is not None
        controls = turned or controls_of(self._model, self.settings, self._device, self._maps)
        wrap = controls.wrap if self.held is None else self.held.wrap(controls.wrap)
        self._chain.controls = dataclasses.replace(
            self._chain.controls,
            temperature=controls.temperature,
            rho=controls.rho,
            drive=controls.drive,
            wrap=wrap,
            lean=controls.lean,
            roll=rolls(self.settings.roll, wrap),
            gain=self._on_device(self._levels.gain),
            hold=self._on_device(self._levels.hold),
            part_temperatures=self._levels.temperatures,
        )

    def _on_device(self, values: NDArray[np.float32] | None) -> Tensor | None:
        return None if values is None else torch.from_numpy(values).to(self._device)

    def play(self) -> None:
        self._playing = self._chain is not None
        self._goal = None
        self._next_frame = self._clock()

    def pause(self) -> None:
        self._playing = False
        self._goal = None

    def run_to(self, sweeps: int) -> None:
        """Sweep as fast as the slices of time allow until so many are taken, and pause there."""
        self._playing = self._chain is not None
        self._goal = sweeps

    def _rush(self, chain: GibbsChain, goal: int, budget: float) -> float:
        end = self._clock() + budget
        while chain.sweeps < goal:
            chain.step(1)
            if self._clock() >= end:
                break
        if chain.sweeps >= goal:
            self.pause()
            self._publish()
            return FRAME
        if self._screen.age >= FRAME:
            self._publish()
        return 0.0

    @torch.no_grad()
    def sweep_once(self) -> None:
        """Take one sweep and show it."""
        if self._chain is not None:
            self._chain.step(1)
            self._publish()
            self._keep_due()

    @torch.no_grad()
    def tick(self, budget: float = BUDGET, frame: float = FRAME) -> float:
        """Sweep within the budget and publish a frame when one is complete."""
        if not self._playing or self._chain is None:
            return frame
        if self._goal is not None:
            return self._rush(self._chain, self._goal, budget)
        now = self._clock()
        if self._owed == 0:
            if now < self._next_frame:
                return self._next_frame - now
            self._owed = self.settings.sweeps_per_frame
            self._next_frame = max(self._next_frame + frame, now)
        end = now + budget
        while self._owed > 0:
            self._chain.step(1)
            self._owed -= 1
            if self._owed == 0:
                self._publish()  # before a snapshot, which then has its picture
            self._keep_due()
            if self._clock() >= end:
                break
        if self._owed == 0:
            return max(0.0, self._next_frame - self._clock())
        return 0.0

    def _publish(self) -> None:
        if self._chain is not None and self._to_pictures is not None:
            self._screen.draw(self._chain, self._to_pictures, self.settings.show)
