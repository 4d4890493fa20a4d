"""The window: its regions, what is dropped on it, and how it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from studio.session.notices import ProjectInfo
from studio.ui.banner import Banner
from studio.ui.commands import Commands
from studio.ui.dialogs import FileDialogs
from studio.ui.drops import dropped_paths, project_in
from studio.ui.gallery import Gallery, GallerySettings
from studio.ui.learned import LearnedPages
from studio.ui.menus import Menus
from studio.ui.panels.codes import CodesPanel
from studio.ui.panels.dataset import DatasetPanel
from studio.ui.panels.dream import DreamPanel
from studio.ui.panels.fill import FillPanel
from studio.ui.panels.filters import FiltersPanel
from studio.ui.panels.model import ModelPanel
from studio.ui.panels.plots import PlotsPanel
from studio.ui.panels.reconstructions import ReconstructionsPanel
from studio.ui.panels.snapshots import SnapshotsPanel
from studio.ui.panels.training import TrainingPanel
from studio.ui.played_keys import PlayedKeys
from studio.ui.recovering import Recovering
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.spoken import owners_of, spoken
from studio.ui.status_bar import StatusLine
from studio.ui.task_strip import TaskStrip
from studio.ui.theme import TEXT_SIZES, Theme
from studio.ui.top_bar import TopBar
from studio.ui.widgets.heading import Line
from studio.ui.widgets.sticky import StickyColumn
from studio.ui.workspaces import FILL, INSPECT, Regions

if TYPE_CHECKING:
    from studio.session.session import Session
    from studio.ui.start_page import StartPage
    from studio.ui.tour import Tour

TOUR_SEEN = "tour/seen"
FRAME = (16, 40)  # pixels that the system's borders and title may take, which nobody tells before it shows
SMALLEST_COLUMN = 216
SMALLEST_STAGE = (320, 280)


class MainWindow(QMainWindow):
    """Shows one session; closing asks about unsaved changes, then waits for the session's threads to end."""

    ended = Signal()

    def __init__(self, session: Session, settings: QSettings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._text = theme.text
        self._ending = False
        self._ended = False
        self.gallery: Gallery | None = None
        self.start: StartPage | None = None
        self.tour: Tour | None = None
        self._bar_of_fill = False  # the workspace Fill opened the bar for painting, and puts it away
        self.setAcceptDrops(True)
        self.dialogs = FileDialogs(self, settings)
        self.book = ShortcutBook(settings, self)
        self.commands = Commands(session, self.dialogs, self.book, self)
        self.recovering = Recovering(session, self.commands.guard, self.dialogs, self)
        self.menus = Menus(session, self.commands, theme, self.book, self)
        self.top = TopBar(session, self.menus.bar)
        self.top.name.setVisible(theme.text == min(TEXT_SIZES))  # a small screen has no room for it else
        self.status = StatusLine(session)
        self.banner = Banner(lambda sentence: spoken(sentence, owners_of(session.recipe)))
        self.tasks = TaskStrip(session)
        self.dataset = DatasetPanel(session)
        self.model = ModelPanel(session)
        self.training = TrainingPanel(session)
        self.dream = DreamPanel(session)
        self.filters = FiltersPanel(session)
        self.codes = CodesPanel(session)
        self.fill = FillPanel(session)
        self.learned = LearnedPages(session, self.filters, self.codes, self.fill)
        self.reconstructions = ReconstructionsPanel(session)
        self.snapshots = SnapshotsPanel(session)
        self.plots = PlotsPanel(session)
        self.regions = self._lay_out()
        self._connect()
        self._name(session.project)
        self._restore()

    def _lay_out(self) -> Regions:
        left = StickyColumn("Pictures, model, training")
        for panel in (self.dataset, self.model):
            left.add(panel)
            left.add(Line())
        left.add_sticky(self.training.head)
        left.add(self.training)
        left.add_stretch()
        right = StickyColumn("Filters and reconstructions", margin=0)
        right.add(self.learned, 1)
        right.add(Line())
        right.add(self.snapshots)
        right.add(Line())
        right.add(self.reconstructions)
        stage = QWidget()
        column = QVBoxLayout(stage)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.tasks)
        column.addWidget(self.dream, 1)
        # what wraps asks for the height of its narrowest shape unless told otherwise
        stage.setMinimumSize(*SMALLEST_STAGE)
        down = splitter(Qt.Orientation.Vertical, stage, self.plots)
        across = splitter(Qt.Orientation.Horizontal, left, down, right)
        for side in (left, right):
            side.setMinimumWidth(round(SMALLEST_COLUMN * self._text))
        frame = QWidget()
        rows = QVBoxLayout(frame)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top)
        rows.addWidget(Line())
        rows.addWidget(across, 1)
        rows.addWidget(Line())
        rows.addWidget(self.status)
        self.setCentralWidget(frame)
        return Regions(across, down, left, right, self.plots, self._settings, self._text)

    def _connect(self) -> None:
        session, commands = self._session, self.commands
        session.notice_posted.connect(self.banner.post)
        session.notice_over.connect(self.banner.withdraw)
        session.project_replaced.connect(self._clear)
        session.project_changed.connect(self._name)
        session.project_changed.connect(self._offer_start)
        session.closed.connect(self._finish)
        self.top.workspace_chosen.connect(self.show_workspace)
        self.menus.recent_chosen.connect(commands.open_path)
        self.dataset.folder_asked.connect(commands.add_folder)
        self.dataset.files_asked.connect(commands.add_files)
        self.dataset.relocate_asked.connect(commands.relocate)
        commands.workspace_asked.connect(self.show_workspace)
        commands.panels_asked.connect(self._toggle_panels)
        commands.full_screen_asked.connect(self._toggle_full_screen)
        commands.fit_asked.connect(self.dream.canvas.fit)
        commands.restart_asked.connect(self.dream.start.restart)
        commands.export_asked.connect(self.dream.export)
        commands.copy_asked.connect(self.dream.copy_command)
        commands.copy_picture_asked.connect(self.dream.exporter.copy)
        commands.batch_asked.connect(self.dream.exporter.ask_batch)
        commands.wrap_asked.connect(self.dream.strip.canvas.wrap.toggle)
        commands.borders_asked.connect(self.dream.strip.canvas.border.toggle)
        commands.shift_asked.connect(self.dream.strip.canvas.shift.toggle)
        commands.tool_asked.connect(self.dream.painter.hold_tool)
        commands.brush_resized.connect(self.dream.painter.resize_brush)
        commands.swap_asked.connect(self.dream.painter.swap)
        self.filters.filter_chosen.connect(self.dream.painter.choose_filter)
        commands.pick_asked.connect(self.dream.painter.pick)
        self.training.head.begun.connect(commands.begin)
        self.dream.refusal_over.connect(self.banner.withdraw)
        self.dream.project_asked.connect(commands.open_project)
        commands.gallery_asked.connect(self._ask_gallery)
        commands.palette_asked.connect(self._open_palette)
        commands.tour_asked.connect(self.begin_tour)
        self.fill.variant_chosen.connect(self.dream.show_variant)
        self.fill.overlay_changed.connect(self.dream.canvas.set_overlay)
        commands.compare_asked.connect(self.dream.toggle_comparison)
        self.snapshots.compare_asked.connect(lambda number: self.dream.show_comparison(True, number))
        commands.go_back_asked.connect(self.snapshots.go_back)
        commands.quit_asked.connect(self.close)
        PlayedKeys(self, self.filters.mixer.keys)

    def show_workspace(self, key: str) -> None:
        before = self.regions.key
        self.regions.show(key)
        self.top.workspaces.set_key(self.regions.key)
        self.reconstructions.setVisible(self.regions.key != FILL)  # the page of fills needs the room
        if self.regions.key == FILL:
            self.learned.show_fill()
            if not self.dream.painter.open:
                self._bar_of_fill = True
                self.dream.painter.set_open(True)
        elif before == FILL or self.regions.key == INSPECT:
            self.learned.leave_fill()
            if self._bar_of_fill:
                self.dream.painter.set_open(False)
            self._bar_of_fill = False

    def _clear(self) -> None:
        """Put away what belongs to the project before."""
        self.banner.clear()
        if self.regions.key != FILL:
            self.dream.painter.set_open(False)

    def _toggle_panels(self) -> None:
        self.regions.hide_panels(not self.regions.hidden)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def begin_tour(self) -> None:
        """Begin the tour, from its first step where it goes on already."""
        from studio.ui.tour import Tour  # seldom: the window has to show first

        if self.tour is None:
            self.tour = Tour(self)
            self.tour.ended.connect(self._forget_tour)
            self.dream.set_toured(True)
        self.tour.begin()

    def _forget_tour(self) -> None:
        self.tour = None
        self.dream.set_toured(False)
        self._settings.setValue(TOUR_SEEN, True)
        self.dream.take_focus()

    def _offer_start(self, _info: ProjectInfo) -> None:
        """Offer samples and recent projects where a project holds nothing; seldom, and so imported then."""
        if self._session.has_model or self.start is not None:
            return
        from studio.ui.start_page import StartPage

        self.start = StartPage(self._session.recent)
        self.start.sample_chosen.connect(self.commands.open_sample)
        self.start.recent_chosen.connect(self.commands.open_path)
        self._session.recent_changed.connect(self.start.set_recent)
        self.dream.offer(self.start)

    def _open_palette(self) -> None:
        from studio.ui.palette import CommandPalette  # when it opens: the window has to show first

        palette = CommandPalette(self.menus.actions, self.book, self, looks=self.menus.looks)
        palette.chosen.connect(lambda key: self.menus.actions[key].trigger())
        palette.open_over(self)

    def _ask_gallery(self) -> None:
        from studio.ui.gallery_dialog import GalleryDialog

        dialog = GalleryDialog(GallerySettings.read(self._settings), self)
        dialog.chosen.connect(self.open_gallery)
        dialog.open()

    def open_gallery(self, settings: GallerySettings) -> None:
        """Leave the screen to visitors until the chord is pressed."""
        settings.write(self._settings)
        screens = {screen.name(): screen for screen in QGuiApplication.screens()}
        self.gallery = Gallery(self._session, settings)
        self.gallery.ended.connect(self._leave_gallery)
        self.gallery.open_on(screens.get(settings.screen, self.screen()))
        self.hide()

    def _leave_gallery(self) -> None:
        if self.gallery is not None:
            self.gallery.deleteLater()
        self.gallery = None
        self.show()
        self.activateWindow()

    def _name(self, info: ProjectInfo) -> None:
        self.setWindowTitle(f"{info.title}[*] - Harmonium Studio")
        self.setWindowModified(info.dirty)

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            room = self.screen().availableGeometry().size() - QSize(*FRAME)
            self.resize(min(1440, room.width()), min(900, room.height()))
        self.show_workspace(str(self._settings.value("workspace/current", "train")))

    def _shut_down(self, keep_unsaved: bool = False) -> None:
        """Keep the layout, and ask the session to end."""
        if self.gallery is not None:
            self.gallery.leave()
        if self.tour is not None:
            self.tour.end()
        self.regions.remember()
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._ending = True
        self.status.say("Finishing the current step, then closing.")
        self.setEnabled(False)
        self._session.shutdown(keep_unsaved)

    def close_at_once(self) -> None:
        """Close without questions, as the system asks for; what is unsaved is offered at the next start."""
        if not self._ending:
            self._shut_down(keep_unsaved=True)

    def _finish(self) -> None:
        self._ended = True
        self.close()
        self.ended.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None:  # else Qt chooses the first button, which would keep the Space
            self.dream.take_focus()

    def event(self, event: QEvent) -> bool:
        # a focused button keeps its Space, which is the dream's elsewhere
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.key() == Qt.Key.Key_Space and not event.modifiers()
            if plain and isinstance(QApplication.focusWidget(), QAbstractButton):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.tour is not None:
            self.tour.end()
        elif self.banner.notice is not None:
            self.banner.dismiss()
        elif self.regions.hidden:
            self._toggle_panels()
        elif self.isFullScreen():
            self._toggle_full_screen()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        project = project_in(paths)
        if project is not None:
            self.commands.open_path(project)
        elif paths:
            self._session.add_data(paths)
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._ended:
            event.accept()
            return
        event.ignore()
        if not self._ending:
            self.commands.guard.run(self._shut_down)


def splitter(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    """Return parts divided by hairlines one can drag; the middle or upper one grows with the window."""
    made = QSplitter(orientation)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(1)
    for part in parts:
        made.addWidget(part)
    made.setStretchFactor(0 if orientation is Qt.Orientation.Vertical else 1, 1)
    return made
