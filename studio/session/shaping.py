"""The half of the session that shapes the recipe: pictures, model, settings, and their undo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QSettings

from studio.data.imageset import ImageSet
from studio.data.peek import Peek
from studio.data.samples import find_sample
from studio.data.spec import SAMPLE_PREFIX, DatasetSpec, Preprocess
from studio.errors import StudioError
from studio.jobs.status import RunStatus
from studio.models.spec import ModelSpec, TiledSpec
from studio.project.locate import missing
from studio.project.presets import preset, presets
from studio.project.recipe import Recipe
from studio.project.suggest import suggest
from studio.project.texture_crops import with_crops
from studio.session.altering import Altering
from studio.session.notices import Concern, Level, Notice
from studio.session.undo import Document
from studio.training.settings import TrainSettings, length_chosen


class Shaping(Altering):
    """Every change replaces the recipe, can be undone, and reads the pictures again where it has to."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._cut_off = False  # pictures of the recipe were being read when others came
        self._waiting: Callable[[], None] | None = None  # the run that begins once its pictures are read
        self.pictures.changed.connect(self._pictures_changed)
        self.pictures.loading_changed.connect(self._loading_changed)
        self.pictures.failed.connect(self._pictures_failed)
        self.pictures.looked_at.connect(self._looked_at)
        self.pictures.not_taken.connect(self._not_taken)
        self.pictures.scale_proposed.connect(self.scale_proposed)

    def set_data(self, spec: DatasetSpec) -> None:
        """Learn from these pictures; dataset_changed follows once they are read."""
        self._change(dataclasses.replace(self.recipe, data=spec), "the pictures")

    def add_data(self, paths: Sequence[str]) -> None:
        """Add folders and files to the pictures.

        The first of them, in place of nothing, of a bundled set or of what could not be read, choose the preset
        that suits them; where nothing in them is a picture, all stays as it is.
        """
        self._in_order(Concern.DROPPED)
        data = self.recipe.data
        if data.sample is not None:
            data = DatasetSpec()
        unread = self.dataset is None and not self.pictures.loading and not self.missing
        if not data.paths or unread:
            self._cut_off = self.pictures.loading
            before = () if data.paths == self.pictures.unreadable else data.paths
            self.pictures.look(DatasetSpec(tuple(dict.fromkeys((*before, *paths)))), self.recipe.preprocess)
            return
        added = tuple(path for path in paths if path not in data.paths)
        self.set_data(dataclasses.replace(data, paths=(*data.paths, *added)))
        model = self.recipe.model
        if added and isinstance(model, TiledSpec) and model.textures == 1:
            self.notify(
                Notice(
                    Level.INFO,
                    "All pictures are learned as one material.",
                    "To dream between them, set Materials under Model, Advanced, to their number.",
                )
            )

    def set_sample(self, name: str) -> None:
        """Learn from a bundled set, seen as suits it; a preset made for it stays in force."""
        self._in_order(Concern.DROPPED)
        recipe = dataclasses.replace(self.recipe, data=DatasetSpec((SAMPLE_PREFIX + name,)))
        chosen = next((item for item in presets() if item.name == recipe.preset), None)
        if chosen is None or chosen.sample != name:
            suited = [item for item in presets() if item.sample == name]
            if suited:
                # of the kind of model that is chosen, where there is one
                suited.sort(key=lambda item: item.family is not recipe.model.family)
                recipe = suited[0].apply(recipe)
            else:
                recipe = dataclasses.replace(recipe, preprocess=find_sample(name).suggested)
        self._change(recipe, f"the bundled set {name}")

    def _looked_at(self, spec: DatasetSpec, seen: Peek) -> None:
        recipe = dataclasses.replace(self.recipe, data=spec)
        if seen.promising:  # else there is nothing to judge by
            chosen = preset(suggest(seen))
            recipe = chosen.apply(recipe)
            self.notify(
                Notice(
                    Level.INFO,
                    f"Set up with the preset {chosen.title}.",
                    "Press Start, or choose another preset under Model first.",
                )
            )
        self._change(recipe, "the pictures")

    def _not_taken(self, error: StudioError) -> None:
        """Say why, and go on with the pictures of the recipe."""
        recipe = self.recipe
        if self._cut_off and recipe.data.paths and not self.missing:
            self.pictures.request(recipe.data, recipe.preprocess)
        else:
            self._pictures_changed(self.pictures.images)
        self.notify(Notice.of(error), Concern.DROPPED)

    def set_included(self, name: str, included: bool) -> None:
        """Use this picture, or leave it out."""
        data = self.recipe.data
        excluded = tuple(other for other in data.excluded if other != name)
        self.set_data(dataclasses.replace(data, excluded=excluded if included else (*excluded, name)))

    def cancel_loading(self) -> None:
        """Give up what is being read, and the run that waits for it."""
        if self._waiting is not None:
            self._waiting = None
            self._set_status(RunStatus())
        self.pictures.cancel()

    def set_preprocess(self, value: Preprocess) -> None:
        self._change(dataclasses.replace(self.recipe, preprocess=value), "what the model sees")

    def propose_scale(self) -> None:
        """Measure at which scale the structure of the pictures fits the largest tiles; scale_proposed follows."""
        model = self.recipe.model
        if isinstance(model, TiledSpec) and self.recipe.data.paths:
            self.pictures.propose_scale(self.recipe.data, self.recipe.preprocess, model.multiple)

    def set_model(self, value: ModelSpec) -> None:
        """Build this model from the next run on; the crops of a texture follow its tiles and scales."""
        self._change(with_crops(dataclasses.replace(self.recipe, model=value), self.recipe), "the model")

    def set_training(self, value: TrainSettings) -> None:
        training = length_chosen(self.recipe.training, value)
        self._change(dataclasses.replace(self.recipe, training=training), "the training settings")

    def apply_preset(self, name: str) -> None:
        """Take over a preset's preprocessing, model and training; the pictures stay."""
        try:
            self._change(preset(name).apply(self.recipe), f"the preset {name}")
        except StudioError as error:
            self.notify(Notice.of(error))

    def _change(self, recipe: Recipe, label: str) -> None:
        if recipe == self.recipe:
            return
        self._remember(label)
        if recipe.data != self.recipe.data:
            self._canvas_waits = None  # for pictures that do not come
        self._take_recipe(recipe)

    def _take_recipe(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.missing = missing(recipe.data)
        self.recipe_changed.emit(recipe)
        if not recipe.data.paths:
            self._in_order(Concern.PICTURES)
        elif not self.missing:
            self._in_order(Concern.START)
        if not self.missing:
            self.pictures.request(recipe.data, recipe.preprocess)

    def undo(self) -> None:
        self._go_to(self._undo.undo(self.document))

    def redo(self) -> None:
        self._go_to(self._undo.redo(self.document))

    @property
    def history(self) -> tuple[tuple[str, ...], int]:
        """What was changed, the oldest first, and how many of these changes are in force."""
        return self._undo.history

    def go_to_change(self, count: int) -> None:
        """Take back or make again as much as it takes for so many changes of the history to be in force."""
        self._go_to(self._undo.go_to(count, self.document))

    def _go_to(self, document: Document | None) -> None:
        if document is None:
            return
        self._own = document.own
        if document.hold != self.hold:
            self._hold_with(document.hold, document.dream)
        else:
            self._play_with(document.dream)
        if document.strokes != self.strokes:
            self._repaint(document.strokes)
        self._go_to_altered(document.altered, document.base)
        self._mix_with(document.mixer)
        self._mark_with(document.marks)
        self._set_kept_codes(document.kept_codes)
        self._take_recipe(document.recipe)
        self._touch()
        self.undo_changed.emit(*self._undo.labels)

    def _loading_changed(self, loading: bool) -> None:
        if not loading:
            self._pump.pump()
            self.loading_changed.emit(None)

    def _pictures_changed(self, images: ImageSet | None) -> None:
        # before who listens asks about one of them
        self._compute.ask("Showing filters", lambda workshop: workshop.set_images(images))
        if images is not None:
            self._in_order(Concern.PICTURES)
            self._hold_again()
        self.dataset_changed.emit(images)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            if images is not None:
                waiting()
            else:
                self._set_status(RunStatus())

    def _pictures_failed(self, error: StudioError) -> None:
        self.notify(Notice.of(error), Concern.PICTURES)
