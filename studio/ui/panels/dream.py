"""The canvas on which a chain dreams, and what it is played with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.data.imageset import ImageSet
from studio.dream.settings import DreamSettings, Show
from studio.errors import ProjectError, SettingsError
from studio.jobs.frames import DreamFrame
from studio.jobs.status import PlayerState
from studio.models.altered import UNALTERED, Altered
from studio.models.spec import Family
from studio.project.recipe_found import RecipeFound
from studio.session.notices import Level, Notice
from studio.ui import conditions
from studio.ui.compare_view import CompareView
from studio.ui.dream_start import DreamStart
from studio.ui.exporting import Exporter, sheet_size
from studio.ui.images import side_by_side
from studio.ui.materials import materials
from studio.ui.painter import Painter
from studio.ui.picture_file import dropped_picture
from studio.ui.recipe_dialog import RecipeDialog
from studio.ui.widgets.allow import allow
from studio.ui.widgets.altered_line import AlteredLine
from studio.ui.widgets.buttons import button
from studio.ui.widgets.canvas_controls import Size
from studio.ui.widgets.dream_strip import DreamStrip
from studio.ui.widgets.empty import EmptyState
from studio.ui.widgets.heading import Line
from studio.ui.widgets.paint_bar import PaintBar
from studio.ui.widgets.paint_canvas import PaintCanvas
from studio.ui.widgets.running_mean import RunningMean
from studio.ui.widgets.seam_meter import SeamMeter

if TYPE_CHECKING:
    from studio.session.session import Session

BEGAN_FROM_IT = Notice(
    Level.INFO, "The dream began from this picture.", "To learn from it, drop it on Pictures, on the left."
)


class DreamPanel(QWidget):
    """Plays the dream and shows it; says what to do while there is no model."""

    project_asked = Signal()
    refusal_over = Signal(object)  # Notice of what was refused, and is not there any more

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._mean = RunningMean()
        self._sweep = -1
        self._kept: DreamFrame | None = None
        self._dreamt = 1, 0, 0  # how many chains are shown, and width and height of each
        self._drawn: DreamFrame | None = None
        self._refused: Notice | None = None
        self._offers = self._toured = False
        self._tiles = False  # the model dreams at any size, and its picture may repeat
        self.canvas = PaintCanvas()
        self.canvas.setAccessibleName("Dream")
        self.paint_bar = PaintBar()
        self._variant = 0
        self.strip = DreamStrip()
        self.start = DreamStart(session, self.strip, self)
        self.start.refused.connect(self._refuse)
        self.altered = AlteredLine()
        self._seam = SeamMeter(self)
        self.exporter = Exporter(session, self.strip.drag_handle, self._canvas_size, self)
        self.start_button = button("Start training", "Learn from the pictures on the left", role="link")
        self.empty = EmptyState("Start training, or open a project, and the model dreams here.", [self.start_button])
        self._pages = QStackedWidget()
        # Where there is little room the picture gives way: controls that are squeezed lie over each other.
        self._pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(on_surround(self.empty))
        self._pages.addWidget(self.canvas)
        self.compare = CompareView(session)
        self.compare.left.connect(lambda: self.show_comparison(False))
        self._pages.addWidget(self.compare)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.paint_bar)
        column.addWidget(self.altered)
        column.addWidget(self._pages, 1)
        self._line = Line()
        column.addWidget(self._line)
        column.addWidget(self.strip)
        self.setAcceptDrops(True)
        self.setMinimumWidth(200)
        self.painter = Painter(session, self.canvas, self.paint_bar, self)
        self._connect()
        self._follow(session.dream)
        self._follow_player(session.player)
        self._follow_model(session.family if session.has_model else None)
        self._follow_set(session.dataset)
        self._follow_altered(session.altered)
        self._follow_start()

    def _connect(self) -> None:
        session, strip = self._session, self.strip
        session.frame_arrived.connect(self._arrive)
        session.dream_changed.connect(self._follow)
        session.player_changed.connect(self._follow_player)
        session.model_changed.connect(self._follow_model)
        session.status_changed.connect(self._follow_horizon)
        session.dataset_changed.connect(self._follow_set)
        session.recipe_changed.connect(self._name_materials)
        session.altered_changed.connect(self._follow_altered)
        self.altered.reset_asked.connect(lambda: session.set_altered(UNALTERED, "the reset of the model"))
        session.rewound.connect(self._mean.clear)
        session.recipe_looked_for.connect(self._take_recipe)
        strip.edited.connect(session.set_dream)
        strip.refused.connect(self._refuse)
        strip.play_asked.connect(session.play)
        strip.pause_asked.connect(session.pause_dream)
        strip.sweep_asked.connect(session.sweep_once)
        strip.raw_toggled.connect(self._mean.clear)
        strip.export_asked.connect(self.export)
        strip.copy_asked.connect(self.copy_command)
        strip.size_refused.connect(self._refuse_size)
        strip.canvas.wrap_toggled.connect(self._wrap)
        strip.canvas.border_toggled.connect(self.canvas.set_bordered)
        strip.canvas.shift_toggled.connect(self.canvas.set_shifted)
        self._seam.measured.connect(strip.canvas.set_seam)
        self.canvas.tapped.connect(strip.toggle)
        self.start_button.clicked.connect(session.start)
        for changed in (session.status_changed, session.dataset_changed, session.recipe_changed):
            changed.connect(self._follow_start)

    def offer(self, page: QWidget) -> None:
        """Show a page under the words that say what to do while there is no model."""
        card = self.empty.parentWidget()
        assert card is not None
        layout = card.layout()
        assert layout is not None
        layout.addWidget(page)
        before: QWidget = self.start_button
        for part in page.findChildren(QWidget):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
                self.setTabOrder(before, part)  # what comes late would come behind all of the window
                before = part
        margins = layout.contentsMargins()
        card.setMaximumWidth(page.sizeHint().width() + margins.left() + margins.right())
        self._offers = True
        self._give_room()

    def set_toured(self, toured: bool) -> None:
        """Show all controls while somebody is shown around."""
        self._toured = toured
        self._give_room()

    def _give_room(self) -> None:
        """Let what is offered have the place of controls that nothing plays by yet."""
        for part in (self._line, self.strip):
            part.setVisible(self.strip.isEnabled() or self._toured or not self._offers)

    def take_focus(self) -> None:
        """Let keys go to the canvas, or to the window where there is none."""
        (self.canvas if self.canvas.isVisible() else self.window()).setFocus()

    @property
    def sweep(self) -> int:
        """How far the dream is that is shown."""
        return self._sweep

    def show_variant(self, index: int) -> None:
        """Look at this one of several chains that fill the same hole."""
        self._variant = max(0, index)
        self._kept = self._kept or self._drawn
        self._draw()

    def fill_picture(self, path: str) -> None:
        """Put a picture on the canvas, to paint holes in it."""
        self._session.hold_whole(path)

    def show_comparison(self, shown: bool, number: int = 0) -> None:
        """Show two pictures compared in place of the canvas, one of them this snapshot if any; or the canvas again."""
        if not self._session.has_model:
            return
        self._pages.setCurrentWidget(self.compare if shown else self.canvas)
        if shown:
            self.compare.begin(number)

    def toggle_comparison(self) -> None:
        self.show_comparison(self._pages.currentWidget() is not self.compare)

    def use_picture(self, path: str) -> None:
        """Fill a picture while the bar for painting is open, else begin the dream from it."""
        (self.fill_picture if self.painter.open else self.start.from_picture)(path)

    def _take_recipe(self, path: Path, found: RecipeFound | None) -> None:
        """Ask what to do with a dropped picture that carries its recipe."""
        if found is None:
            self.use_picture(str(path))
            if not self.painter.open:
                self._session.notify(BEGAN_FROM_IT)
            return
        session = self._session
        dialog = RecipeDialog(found, session.dream, self)
        dialog.restore_asked.connect(lambda: session.restore(found))
        dialog.settings_asked.connect(lambda: session.take_settings(found))
        dialog.picture_asked.connect(lambda: self.use_picture(str(path)))
        dialog.project_asked.connect(self.project_asked)
        dialog.open()

    def export(self) -> None:
        """Ask what to take away of the dream, and save it."""
        self.exporter.ask()

    def _canvas_size(self) -> Size:
        """Return width and height of the dream as one picture."""
        count, width, height = self._dreamt
        return sheet_size(count, width, height) if count > 1 else (width, height)

    def copy_command(self) -> None:
        """Put the command that draws this dream on the clipboard."""
        try:
            words = self._session.command_for_dream()
        except ProjectError as error:
            self._session.notify(Notice.of(error))
            return
        QGuiApplication.clipboard().setText(words)
        hint = "" if self._session.exact else "Things changed meanwhile: it brings back the settings, not every pixel."
        self._session.notify(Notice(Level.INFO, "The command is on the clipboard.", hint))

    def _follow_altered(self, altered: Altered) -> None:
        self.altered.show_words(altered.words(self._session.parts))

    def _name_materials(self, _recipe: object = None) -> None:
        self.strip.canvas.lean.set_materials(materials(self._session))

    def _refuse(self, error: SettingsError) -> None:
        self._refused = Notice.of(error)
        self._session.notify(self._refused)
        self.strip.set_settings(self._session.dream)

    def _refuse_size(self, text: str) -> None:
        self._refuse(SettingsError(f"{text!r} is no size of a canvas.", "Type width x height, such as 640 x 360."))

    def _wrap(self, wrapped: bool) -> None:
        self.canvas.set_wrapped(wrapped and self._tiles)

    def _follow(self, settings: DreamSettings) -> None:
        refused, self._refused = self._refused, None
        if refused is not None:
            self.refusal_over.emit(refused)  # something else was chosen since
        self.strip.set_settings(settings)

    def _follow_player(self, state: PlayerState) -> None:
        self.strip.set_playing(state is PlayerState.PLAYING)

    def _follow_model(self, model: object) -> None:
        present = model is not None
        tiles = conditions.any_size(str(model))
        if tiles != self._tiles:
            self._tiles = tiles
            self.strip.canvas.setVisible(tiles)
            self._seam.clear()
            self.canvas.set_wrapped(tiles and self.strip.canvas.wrap.isChecked())
            self.canvas.set_shifted(tiles and self.strip.canvas.shift.isChecked())
            self.start.set_tiles(tiles)
        self.strip.canvas.set_pooled(model == Family.CONVOLUTIONAL)
        self.strip.canvas.set_one_scale(self._session.one_scale)
        self.strip.canvas.set_framed_model(self._session.framed)
        self._name_materials()
        self._follow_horizon()
        offered = self._pages.currentIndex() == 0 and self._pages.isAncestorOf(self.window().focusWidget())
        self._pages.setCurrentIndex(1 if present else 0)
        if present and offered:
            self.take_focus()
        self.strip.setEnabled(present)
        self._give_room()
        if not present:
            self._kept = self._drawn = None
            self._mean.clear()
            self.canvas.set_picture(None)
            self.strip.counter.setText("")

    def _follow_horizon(self) -> None:
        self.strip.set_horizon(self._session.horizon)

    def _follow_start(self, _changed: object = None) -> None:
        allow(self.start_button, conditions.start_reason(self._session))

    def _follow_set(self, images: ImageSet | None) -> None:
        size = None
        if images is not None and images.exemplars:
            size = images.exemplars[0].shape[2], images.exemplars[0].shape[1]
        self.strip.canvas.set_exemplar(size)
        self._name_materials()

    def _arrive(self, kind: str, frame: object) -> None:
        if kind == "dream" and isinstance(frame, DreamFrame):
            self._kept = frame
            if self.isVisible():
                self._draw()

    def _draw(self) -> None:
        frame, self._kept = self._kept, None
        if frame is None:
            return
        self._drawn = frame
        if frame.sweep < self._sweep:
            self._mean.clear()
        self._sweep = frame.sweep
        pictures = frame.pictures
        # The means of blocks do not flicker, and come as the screen wants them.
        sampled = self._session.dream.show is Show.SAMPLE and frame.levels is None
        averaged = sampled and not self.strip.raw.isChecked()
        if averaged and pictures.size:
            pictures = self._mean.add(pictures)
        elif not averaged:
            self._mean.clear()
        shown = pictures if frame.levels is None else frame.levels
        if self.painter.single and len(shown) > 1:
            shown = shown[min(self._variant, len(shown) - 1)][None]
        size = frame.canvas if all(frame.canvas) else (pictures.shape[2], pictures.shape[1])
        self._dreamt = len(pictures), *size
        self.painter.note(frame, self._variant)
        picture = side_by_side(shown)
        self.canvas.set_picture(picture)
        self.compare.set_live(picture)
        if self._tiles and len(pictures):
            self.strip.canvas.set_shown(size)
            self._seam.look(pictures[0], self._session.wrap)
        self.strip.set_counter(frame.sweep, frame.sweeps_per_second, frame.reduction)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.set_wanted("dream", True)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._session.set_wanted("dream", False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Whatever the canvas cannot start from is the window's to take: data, projects.
        if self._session.has_model and dropped_picture(event):
            event.acceptProposedAction()
            self.canvas.set_marked(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.canvas.set_marked(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.canvas.set_marked(False)
        path = dropped_picture(event)
        if self._session.has_model and path:
            event.acceptProposedAction()
            self._session.look_for_recipe(Path(path))
        else:
            event.ignore()


def on_surround(card: QWidget) -> QWidget:
    """Return a page of canvas grey with a card in its middle."""
    page, backing = QWidget(), QWidget()
    page.setProperty("role", "surround")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    backing.setAutoFillBackground(True)
    inner, outer = QVBoxLayout(backing), QHBoxLayout(page)
    inner.setContentsMargins(12, 12, 12, 12)
    inner.addWidget(card)
    backing.setMaximumWidth(320)
    outer.addStretch(1)
    outer.addWidget(backing, 1000, Qt.AlignmentFlag.AlignVCenter)
    outer.addStretch(1)
    return page
