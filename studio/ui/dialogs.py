"""File dialogs and questions that never block: the answer comes by a slot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

FOLDER_KEY = "window/folder"
PROJECTS = "Harmonium projects (*.harmonium)"
PICTURES = (
    "Pictures and arrays (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.pgm *.ppm *.npy *.npz *.gz *-ubyte);;"
    "All files (*)"
)


class FileDialogs(QObject):
    """Asks for files and folders, starting where the last answer was; `cancelled` tells that there was no answer."""

    cancelled = Signal()

    def __init__(self, window: QWidget, settings: QSettings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings

    def ask_folder(self, title: str, answer: Callable[[list[str]], None]) -> None:
        self._open(title, QFileDialog.FileMode.Directory, "", answer)

    def ask_files(self, title: str, kinds: str, answer: Callable[[list[str]], None]) -> None:
        self._open(title, QFileDialog.FileMode.ExistingFiles, kinds, answer)

    def ask_file(self, title: str, kinds: str, answer: Callable[[list[str]], None]) -> None:
        self._open(title, QFileDialog.FileMode.ExistingFile, kinds, answer)

    def ask_save(self, title: str, kinds: str, suffix: str, answer: Callable[[list[str]], None]) -> None:
        self._open(title, QFileDialog.FileMode.AnyFile, kinds, answer, suffix)

    def _open(
        self,
        title: str,
        mode: QFileDialog.FileMode,
        kinds: str,
        answer: Callable[[list[str]], None],
        suffix: str = "",
    ) -> None:
        folder = str(self._settings.value(FOLDER_KEY, ""))
        dialog = QFileDialog(self._window, title, folder if Path(folder).is_dir() else str(Path.home()), kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        if suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
        dialog.filesSelected.connect(self._remember)
        dialog.filesSelected.connect(answer)
        dialog.rejected.connect(self.cancelled)
        dialog.open()

    def _remember(self, files: list[str]) -> None:
        if files:
            chosen = Path(files[0])
            self._settings.setValue(FOLDER_KEY, str(chosen if chosen.is_dir() else chosen.parent))


ALL_IS_LOST = "Without saving, the model and its history since the last save are lost."
MODEL_IS_LOST = (
    "A new run makes a new model: without saving, the one that was learned is only there until another project is "
    "opened, or yet another run begins. To teach it further, choose Continue training."
)


class SaveQuestion(QMessageBox):
    """Save, discard or cancel, before unsaved changes would be lost; `loss` says what of them."""

    save_asked = Signal()
    discard_asked = Signal()

    def __init__(self, title: str, parent: QWidget, loss: str = ALL_IS_LOST) -> None:
        super().__init__(parent)
        buttons = QMessageBox.StandardButton
        self.setWindowTitle("Unsaved changes")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(f"{title} has changes that are not saved.")
        self.setInformativeText(loss)
        self.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        self.setDefaultButton(buttons.Save)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.buttonClicked.connect(self._answered)

    def _answered(self, clicked: object) -> None:
        if clicked is self.button(QMessageBox.StandardButton.Save):
            self.save_asked.emit()
        elif clicked is self.button(QMessageBox.StandardButton.Discard):
            self.discard_asked.emit()
