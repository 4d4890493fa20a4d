"""The stylesheet template; roles are dynamic properties: `label.setProperty("role", "dim")`."""

from __future__ import annotations

STYLESHEET = """
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }

QLabel { background: transparent; }
QLabel[role="heading"] { font-weight: 600; color: $text; }
QLabel[role="title"] { font-weight: 600; color: $text; font-size: ${title}px; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="small"] { color: $dim; font-size: ${small}px; }
QLabel[role="error"] { color: $error; }
QLabel[role="chip"] { color: $dim; padding: 0 2px; }

QPushButton, QToolButton {
  background: $button; color: $dim; border: 1px solid transparent; border-radius: 6px; padding: 5px 12px;
}
QPushButton:hover, QToolButton:hover { background: $hover; color: $text; }
QPushButton:pressed, QToolButton:pressed { background: $raised; }
QPushButton:checked, QToolButton:checked { background: $raised; color: $text; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $button; }

QPushButton[role="accent"] { background: $accent; color: $accent_ink; font-weight: 600; font-size: ${title}px;
  border-radius: 8px; padding: 9px 12px; }
QPushButton[role="accent"]:hover { background: $accent_hover; }
QPushButton[role="accent"]:focus { border: 2px solid $text; }
QPushButton[role="accent"][waiting="true"], QPushButton[role="accent"]:disabled { background: $raised; color: $faint; }

QPushButton[role="link"], QToolButton[role="link"] {
  background: transparent; color: $accent_text; padding: 1px 1px; border-radius: 3px;
}
QPushButton[role="link"]:hover { color: $text; }
QPushButton[role="link"]:disabled { color: $faint; }
QPushButton[role="quiet"], QToolButton[role="quiet"] {
  background: transparent; color: $dim; padding: 1px 1px; border-radius: 3px;
}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover { color: $text; background: transparent; }
QPushButton[role="quiet"]:disabled { color: $faint; }
QPushButton[role="quiet"]:checked { background: transparent; }
QToolButton[role="quiet"] { padding: 3px; }
QFileDialog QToolButton { padding: 2px; }
QToolButton[role="mark"] { background: $raised; color: $accent_text; border-radius: 7px; padding: 0; }
QToolButton[role="mark"]:hover { background: $accent; color: $accent_ink; }
QPushButton[role="segment"] { padding: 7px 10px; }
QPushButton[role="segment"]:checked { border: 1px solid $accent; background: $raised; color: $text; }
QPushButton[role="small"] { padding: 2px 8px; border-radius: 4px; }
QPushButton[role="workspace"] { background: transparent; padding: 6px 18px; min-width: 40px; }
QPushButton[role="workspace"]:hover { color: $text; }
QPushButton[role="workspace"]:checked { background: $raised; color: $text; }
QToolButton::menu-indicator, QPushButton::menu-indicator { width: 0; image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox {
  background: $field; color: $text; border: 1px solid transparent; border-radius: 4px; padding: 3px 6px;
  selection-background-color: $accent; selection-color: $accent_ink;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus { border-color: $accent; }
QLineEdit[role="value"] { background: transparent; padding: 0; }
QLineEdit[role="value"]:hover { background: $field; }
QLineEdit[role="value"]:focus { background: $field; border-color: $accent; }
QLineEdit[role="value"]:disabled { color: $faint; }

QComboBox { background: transparent; color: $text; border: 1px solid transparent; border-radius: 4px;
  padding: 2px 4px; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border-color: $accent; }
QComboBox:disabled { color: $faint; }
QComboBox::drop-down { border: none; width: 0; }
QComboBox QAbstractItemView { background: $field; color: $text; border: 1px solid $line; outline: 0;
  selection-background-color: $selected; selection-color: $text; padding: 4px; }

QCheckBox { color: $text; spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border-radius: 3px; border: 1px solid $faint; background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox:disabled { color: $faint; }
QCheckBox::indicator:checked:disabled { background: $raised; border-color: $faint; }
QCheckBox::indicator:focus { border-color: $text; }

QProgressBar { background: $groove; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="sticky"] { background: $window; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 8px; }
QScrollBar:horizontal { height: 8px; }
QScrollBar::handle { background: $groove; border-radius: 4px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

QMenuBar { background: transparent; color: $dim; border: none; padding: 0; }
QMenuBar::item { background: transparent; padding: 5px 6px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $field; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 20px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }

QTabWidget::pane { border: none; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $dim; padding: 5px 10px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }

QListView, QTreeView, QTableView { background: $field; color: $text; border: none; border-radius: 6px;
  outline: 0; padding: 4px; }
QListView::item { padding: 3px 4px; }
QListView::item:selected { background: $selected; color: $text; }
QListView:focus { border: 1px solid $accent; }
QListView::indicator { width: 14px; height: 14px; border-radius: 3px; border: 1px solid $faint; background: $window; }
QListView::indicator:checked { background: $accent; border-color: $accent; image: url($check); }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QFrame[role="line"] { background: $line; border: none; }
QFrame[role="advice"] { background: $advice; border: 1px solid $advice; border-radius: 8px; }
QFrame[role="empty"] { background: transparent; border: 1px dashed $faint; border-radius: 8px; }
QFrame[role="banner"] { background: $raised; border: none; border-radius: 0; }
QWidget[role="surround"] { background: $surround; }
"""
