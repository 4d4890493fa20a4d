"""Menus made from the action table, and the state of their entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QHelpEvent, QKeySequence, QPalette
from PySide6.QtWidgets import QMenu, QMenuBar, QSizePolicy, QToolTip, QWidget

from studio.dream.strokes import Stroke
from studio.session.notices import Level, Notice
from studio.ui.actions import ACTIONS, MENUS
from studio.ui.colours import ThemeName
from studio.ui.commands import Commands
from studio.ui.icons import icon
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.theme import TEXT_SIZES
from studio.ui.widgets.allow import REASON

if TYPE_CHECKING:
    from studio.session.session import Session
    from studio.ui.theme import Theme


NOTHING = {"undo": "Nothing was changed yet.", "redo": "Nothing was taken back by Undo."}


class TellingMenu(QMenu):
    """A menu whose grey entries say why; tips lie over the entries, so that the others have none."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            under = self.actionAt(event.pos())
            reason = under.property(REASON) if under is not None else None
            QToolTip.showText(event.globalPos(), reason or "", self)
            return True
        return super().event(event)


class Menus(QObject):
    """Owns one QAction a row of the table; `recent_chosen` carries the path of a recent project."""

    recent_chosen = Signal(object)

    def __init__(self, session: Session, commands: Commands, theme: Theme, book: ShortcutBook, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._theme = theme
        self._book = book
        self._window = window
        self.bar = QMenuBar()
        self.bar.setNativeMenuBar(False)
        self.bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.actions: dict[str, QAction] = {}
        self.looks: dict[str, QAction] = {}  # themes and sizes of text, by the names they have in the palette
        self._painted = False
        self._menus = {title: TellingMenu(title, self.bar) for title in MENUS}
        for menu in self._menus.values():
            self.bar.addMenu(menu)
        self.recent = QMenu("Open recent", window)
        self._add_actions(commands)
        self._add_themes()
        self._add_text_sizes()
        self.tint()
        for signal in (
            session.status_changed,
            session.recipe_changed,
            session.dataset_changed,
            session.player_changed,
            session.model_changed,
            session.project_changed,
            session.snapshots_changed,
            session.altered_changed,
            session.lapse_changed,
            session.hold_changed,
        ):
            signal.connect(self.refresh)
        session.strokes_changed.connect(self._follow_strokes)
        session.undo_changed.connect(self._name_undo)
        session.recent_changed.connect(self._list_recent)
        theme.changed.connect(self.tint)
        book.changed.connect(self._follow_keys)
        self._list_recent(session.recent)
        self._name_undo("", "")
        self.refresh()

    def _follow_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        """Look again where the first stroke came or the last went: they change with every move of the hand."""
        if bool(strokes) != self._painted:
            self._painted = bool(strokes)
            self.refresh()

    def refresh(self, _changed: object = None) -> None:
        """Enable what makes sense now."""
        for info in ACTIONS:
            if info.menu != "Edit":
                reason = info.reason(self._session)
                self.actions[info.id].setEnabled(not reason)
                self.actions[info.id].setProperty(REASON, reason)
                self.actions[info.id].setToolTip(info.tip_now(self._session, self._book.words(info.id)))

    def _follow_keys(self, key: str) -> None:
        self.actions[key].setShortcut(QKeySequence(self._book.keys(key)))
        self.refresh()

    def tint(self, _theme: object = None) -> None:
        """Draw the icons in the palette's colours."""
        palette = QGuiApplication.palette()
        text = palette.color(QPalette.ColorRole.PlaceholderText)
        faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        for info in ACTIONS:
            if info.icon:
                self.actions[info.id].setIcon(icon(info.icon, text, faint))

    def _add_actions(self, commands: Commands) -> None:
        group = 0
        menu_before = ""
        for info in ACTIONS:
            menu = self._menus[info.menu]
            if info.menu == menu_before and info.group != group:
                menu.addSeparator()
            group, menu_before = info.group, info.menu
            made = QAction(info.text, self._window)
            made.setShortcut(QKeySequence(self._book.keys(info.id)))
            made.setToolTip(info.tip_now(self._session, self._book.words(info.id)))
            made.setStatusTip(info.tip)
            made.triggered.connect(getattr(commands, info.handler))
            self._window.addAction(made)
            menu.addAction(made)
            self.actions[info.id] = made
            if info.id == "open":
                menu.addMenu(self.recent)

    def _add_themes(self) -> None:
        menu = self._menus["View"].addMenu("Theme")
        group = QActionGroup(self)
        for name in ThemeName:
            made = menu.addAction(name.words)
            made.setCheckable(True)
            made.setChecked(name is self._theme.name)
            made.setData(str(name))
            made.setToolTip("The colours of the window, at once")
            group.addAction(made)
            self.looks[f"Theme, {name.words.lower()}"] = made
        group.triggered.connect(self._choose_theme)

    def _add_text_sizes(self) -> None:
        menu = self._menus["View"].addMenu("Text size")
        group = QActionGroup(self)
        for size in TEXT_SIZES:
            made = menu.addAction(f"{100 * size:.0f} %")
            made.setCheckable(True)
            made.setChecked(size == self._theme.text)
            made.setData(size)
            made.setToolTip("How large all text is, from the next start on")
            group.addAction(made)
            self.looks[f"Text size, {100 * size:.0f} %"] = made
        group.triggered.connect(self._choose_text)

    def _choose_text(self, chosen: QAction) -> None:
        self._theme.choose_text(chosen.data())
        if chosen.data() != self._theme.text:
            self._session.notify(Notice(Level.INFO, f"Text is shown at {chosen.text()} when the studio starts again."))

    def _choose_theme(self, chosen: QAction) -> None:
        self._theme.set_name(ThemeName(chosen.data()))

    def _list_recent(self, recent: tuple[Path, ...]) -> None:
        self.recent.clear()
        self.recent.setEnabled(bool(recent))
        for path in recent:
            made = self.recent.addAction(path.name)
            made.setToolTip(str(path))
            made.setData(str(path))
            made.triggered.connect(self._choose_recent)

    def _choose_recent(self) -> None:
        chosen = self.sender()
        if isinstance(chosen, QAction):
            self.recent_chosen.emit(Path(chosen.data()))

    def _name_undo(self, undo: str, redo: str) -> None:
        for key, text in (("undo", undo), ("redo", redo)):
            word = key.capitalize()
            self.actions[key].setText(f"{word}: {text}" if text else word)
            self.actions[key].setEnabled(bool(text))
            self.actions[key].setProperty(REASON, "" if text else NOTHING[key])
