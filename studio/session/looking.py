"""The part of the compute thread's work that looks: filters, maps, codes and earlier steps of the model at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from studio.data.imageset import ImageSet
from studio.data.memory import free_bytes
from studio.dream.player import Player
from studio.dream.shown import MOST_SHOWN
from studio.dream.walk import Walk
from studio.errors import SettingsError
from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.jobs.feed import Feed
from studio.jobs.frames import FilterDetail, MapsFrame
from studio.jobs.lapse_frames import LapsePicture
from studio.project.code_space import CodeSpace, space_of
from studio.project.lapse import Lapse
from studio.project.lapse_look import look_at
from studio.project.lapse_recorder import Recorder
from studio.project.looks import filter_detail, filter_frame, filter_sheet, labels_of, seen_by, spread
from studio.project.maps import maps_in_file, maps_in_training
from studio.session.answers import CodeWalk, FilterPicture
from studio.session.stage import Stage

LOOKED_AT = 250


class Looking(Stage):
    """The model at hand, on its stage, and the pictures that it is looked at with."""

    def __init__(self, feed: Feed, most_shown: int = MOST_SHOWN, memory: Callable[[], int | None] = free_bytes) -> None:
        super().__init__(Player(feed, most_shown=most_shown), most_shown)
        self.feed, self._memory = feed, memory
        self.images: ImageSet | None = None
        self._codes: CodeSpace | None = None
        self._recorder: Recorder | None = None  # of the run in progress

    def publish_filters(self) -> None:
        """Show the filters of the model at hand, with their activity where its pictures are here."""
        if self.trained is None:
            return
        images, looking = self.images, self.looking or self.trained
        if images is not None and images.shape == looking.model.shape:
            looked_at = spread(images.training(), LOOKED_AT)
            seen, labels = seen_by(looking, images, looked_at), labels_of(looking, images, looked_at)
        else:
            chain, labels = self.player.chain, None
            seen = chain.mean() if chain is not None else torch.zeros(1, *looking.model.shape)
        self.feed.put("filters", filter_frame(looking, seen, 0, labels))

    def set_images(self, images: ImageSet | None) -> None:
        """Know the pictures now in the window, for looking; a run keeps its own."""
        if self.may_alter:
            self.images = images
            self.publish_filters()

    def inspect(self, index: int) -> FilterDetail:
        if self.looking is None:
            raise SettingsError("There is no model to inspect yet.", "Press Start first.")
        return filter_detail(self.looking, self.images, index)

    def look_at_step(self, step: int) -> LapsePicture:
        """Return filters and a dream of the nearest step of the time-lapse; raises SettingsError without one."""
        if self.learned is None:
            raise SettingsError("There is no model to look back on yet.", "Press Start, or open a project.")
        lapse = self._lapse_now
        if not lapse.steps:
            raise SettingsError("No steps of this model were kept.", "Train it anew.")
        # One that was asked for may have made room for later ones meanwhile.
        return look_at(self.learned, lapse, min(lapse.steps, key=lambda kept: abs(kept - step)))

    def map_codes(self) -> CodeMap:
        """Return where the pictures at hand lie in the space of their codes."""
        if self.trained is None:
            raise SettingsError("There is no model to look into yet.", "Press Start, or open a project.")
        self._codes, found = space_of(self.trained, self.images)
        return found

    def show_code(self, wish: CodeWish) -> CodePicture | None:
        """Return the picture of a code; None where another model has come in place of that of the map."""
        codes = self._codes
        return codes.show(wish) if codes is not None and self._at_hand(codes) else None

    def walk_codes(self, path: Path, points: Sequence[CodePoint], walk: Walk) -> CodeWalk:
        """Return the pictures on the way through codes."""
        return CodeWalk(path, self._mapped_codes.walk(points, walk))

    def take_code(self, path: Path, wish: CodeWish) -> CodeWalk:
        """Return the one picture of a code, to be saved."""
        return CodeWalk(path, self._mapped_codes.show(wish).pixels[None])

    @property
    def _mapped_codes(self) -> CodeSpace:
        codes = self._codes
        if codes is None or not self._at_hand(codes):
            raise SettingsError("The map is that of another model.", "Map the codes again.")
        return codes

    def _at_hand(self, codes: CodeSpace) -> bool:
        return self.trained is not None and codes.trained.model is self.trained.model

    def see(self, picture: str, index: int, cancelled: Callable[[], bool]) -> MapsFrame:
        """Return what every layer sees in a picture file or, where none is named, in one of those learned from."""
        if self.looking is None:
            raise SettingsError("There is no model to look with yet.", "Press Start, or open a project.")
        if picture:
            return maps_in_file(self.looking, Path(picture), self._memory(), cancelled)
        return maps_in_training(self.looking, self.images, index, self._memory(), cancelled)

    def filters_now(self, path: Path) -> FilterPicture:
        """Return all filters as one picture."""
        if self.looking is None:
            raise SettingsError("There are no filters to export yet.", "Press Start, or open a project.")
        return FilterPicture(path, filter_sheet(self.looking))

    @property
    def _lapse_now(self) -> Lapse:
        """The time-lapse of the model at hand, as far as the run in progress has come."""
        return self.lapse if self._recorder is None else self._recorder.lapse
