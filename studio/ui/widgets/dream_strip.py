"""The controls under the canvas."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.dream.place import Hold
from studio.dream.settings import Blend, DreamSettings, Show, Start
from studio.errors import SettingsError
from studio.ui.fields import field
from studio.ui.numbers import amount
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.canvas_controls import CanvasControls
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.drag_handle import DragHandle
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.hold_controls import HoldControls
from studio.ui.widgets.labels import SteadyLabel, dim_label
from studio.ui.widgets.seed_field import SeedField
from studio.ui.widgets.slider import LabelledSlider
from studio.ui.widgets.transport import Sign, SignButton

GRIDS = (1, 4, 9, 16, 25, 36, 64)
STARTS = (
    (Start.NOISE, "noise"),
    (Start.DATA, "a data picture"),
    (Start.PICTURE, "a picture file…"),
)
SHOWS = ((Show.MEAN, "mean"), (Show.SAMPLE, "sample"))
ONE_CANVAS = "What is held lies on one canvas. Take the mark at Hold away to dream several side by side."
SHOW_TIP = (
    "Mean: the probability of each pixel, calm. Sample: what the chain draws, averaged so that it does not flicker."
)


class DreamStrip(QWidget):
    """Shows DreamSettings and tells the user's changes; knows nothing of the session.

    `refused` tells a value that cannot be, as a SettingsError.
    """

    edited = Signal(object)  # DreamSettings
    refused = Signal(object)  # SettingsError
    play_asked = Signal()
    pause_asked = Signal()
    sweep_asked = Signal()
    restart_asked = Signal()
    start_chosen = Signal(object)  # Start
    seed_edited = Signal(object)  # int
    raw_toggled = Signal(bool)
    export_asked = Signal()
    copy_asked = Signal()
    size_refused = Signal(str)
    map_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = DreamSettings()
        self._playing = False
        self.play_button = SignButton(Sign.PLAY, "Play", "Play the dream (Space)", side=40, accent=True)
        self.sweep_button = SignButton(Sign.STEP, "One sweep", "One sweep of the chain")
        self.restart_button = SignButton(Sign.RESTART, "Start over", "Start the dream over")
        self.temperature = slider("temperature")
        self.sweeps = slider("sweeps_per_frame")
        self.sweeps.name_label().setText("Sweeps")  # all of the line above stays one where the window is 1280 wide
        self.smooth = slider("smooth")
        self.drive = slider("drive")
        self.show_as = Choice([(str(key), text) for key, text in SHOWS], name="Show", tip=SHOW_TIP)
        self.raw = QCheckBox("raw")
        self.raw.setToolTip("Show each sample as it is drawn. This flickers, many times a second.")
        self.raw.setAccessibleName("Raw samples, flickering")
        self.start = Choice([(str(key), text) for key, text in STARTS], name="Start from")
        self.chains = Choice([(str(count), chains_text(count)) for count in GRIDS], name="Chains side by side")
        self.seed = SeedField()
        self.hold = HoldControls()
        self.hold.hide()
        self.canvas = CanvasControls()
        self.canvas.hide()
        self.counter = SteadyLabel("small")
        self.export_button = button("Export", "Save a picture, a film or maps, the recipe in it", role="link")
        self.drag_handle = DragHandle()
        self.copy_button = button("Copy as command", "Copy the command that draws this picture", role="link")
        for made, name in ((self.show_as, "show"), (self.chains, "chains"), (self.seed, "seed")):
            set_topic(made, field(DreamSettings, name))
        self._lay_out()
        self._connect()
        self.set_settings(self._settings)

    def set_settings(self, settings: DreamSettings) -> None:
        """Show settings without telling them."""
        self._settings = settings
        self.temperature.set_value(settings.temperature)
        self.sweeps.set_value(settings.sweeps_per_frame)
        self.smooth.set_value(settings.smooth)
        self.drive.set_value(settings.drive)
        self.show_as.set_key(str(settings.show))
        self.raw.setVisible(settings.show is Show.SAMPLE)
        self.chains.set_options([(str(count), chains_text(count)) for count in sorted({*GRIDS, settings.chains})])
        self.chains.set_key(str(settings.chains))
        self.seed.set_seed(settings.seed)
        self.canvas.set_settings(settings)

    def set_playing(self, playing: bool) -> None:
        self._playing = playing
        if playing:
            self.play_button.set_sign(Sign.PAUSE, "Pause", "Hold the dream still (Space)")
        else:
            self.play_button.set_sign(Sign.PLAY, "Play", "Play the dream (Space)")

    def set_hold(self, hold: Hold | None) -> None:
        """Show what is held: at a place of one canvas, or, framed, all of it, filled by as many chains as one likes."""
        self.hold.set_hold(hold)
        allow(self.chains, "" if hold is None or hold.framed else ONE_CANVAS)
        self.canvas.set_framed(hold is not None and hold.framed)

    def set_counter(self, sweep: int, sweeps_per_second: float, reduction: int = 1) -> None:
        """Show how far the chain is, and how much smaller than it is it is shown; a still one has no speed."""
        rate = amount(sweeps_per_second) if sweeps_per_second >= 1 else f"{sweeps_per_second:.1f}"
        speed = f"   {rate}/s" if rate != "0.0" else ""
        shown = f"   shown at 1:{reduction}" if reduction > 1 else ""
        self.counter.setText(f"sweep {amount(sweep)}{speed}{shown}")

    def set_horizon(self, words: str) -> None:
        """Say at the counter how far from its beginning the model was trained to dream."""
        trained = f" The model was trained to dream {words}: it looks best about as far from there." if words else ""
        self.counter.setToolTip(f"Gibbs sweeps since the dream began, and how many a second.{trained}")

    def _lay_out(self) -> None:
        transport = QWidget()
        row = QHBoxLayout(transport)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(4)
        for sign in (self.play_button, self.sweep_button, self.restart_button):
            row.addWidget(sign)
        flow = FlowLayout(gap=12, line_gap=6)
        showing = QWidget()
        below = QVBoxLayout(showing)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(self.show_as)
        below.addWidget(self.raw)
        showing.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        upper: list[QWidget] = [transport, self.temperature, self.sweeps, self.smooth, self.drive, showing]
        lower: list[QWidget] = [grouped(dim_label("From"), self.start), self.chains, self.seed]
        right: list[QWidget] = [self.counter, self.copy_button, self.export_button, self.drag_handle]
        for made in upper:
            flow.addWidget(made)
        flow.turn()
        for made in lower:
            flow.addWidget(made)
        flow.push()
        for made in right:
            flow.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(flow)
        column.addWidget(self.hold)
        column.addWidget(self.canvas)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.play_button.clicked.connect(self.toggle)
        self.sweep_button.clicked.connect(self.sweep_asked)
        self.restart_button.clicked.connect(self.restart_asked)
        self.temperature.edited.connect(lambda value: self._tell(temperature=value))
        self.sweeps.edited.connect(lambda value: self._tell(sweeps_per_frame=round(value)))
        self.smooth.edited.connect(lambda value: self._tell(smooth=value))
        self.drive.edited.connect(lambda value: self._tell(drive=value))
        self.show_as.chosen.connect(lambda key: self._tell(show=Show(key)))
        self.chains.chosen.connect(lambda key: self._tell(chains=int(key)))
        self.start.chosen.connect(lambda key: self.start_chosen.emit(Start(key)))
        self.seed.edited.connect(self.seed_edited)
        self.raw.toggled.connect(self.raw_toggled)
        self.canvas.size_edited.connect(lambda width, height: self._tell(width=width, height=height))
        self.canvas.seamless_chosen.connect(lambda seamless: self._tell(seamless=seamless))
        self.canvas.roll_toggled.connect(lambda rolls: self._tell(roll=rolls))
        self.canvas.coarse_toggled.connect(lambda coarse: self._tell(coarse=coarse))
        self.canvas.lean.lean_edited.connect(lambda value: self._tell(lean=value))
        self.canvas.lean.blend_chosen.connect(self._choose_blend)
        self.canvas.size_refused.connect(self.size_refused)
        self.export_button.clicked.connect(self.export_asked)
        self.copy_button.clicked.connect(self.copy_asked)

    def toggle(self) -> None:
        """Ask for play when still, for pause when playing."""
        (self.pause_asked if self._playing else self.play_asked).emit()

    def set_map(self, path: str) -> None:
        """Blend by a picture, as the user chose it."""
        self._tell(blend=Blend.PICTURE, blend_picture=path)

    def _choose_blend(self, blend: Blend) -> None:
        if blend is Blend.PICTURE:
            self.map_asked.emit()
        else:
            self._tell(blend=blend, blend_picture="")

    def _tell(self, **changes: object) -> None:
        try:
            settings = replace(self._settings, **changes)  # type: ignore[arg-type]  # one field each, from its own widget
        except SettingsError as error:
            self.set_settings(self._settings)
            self.refused.emit(error)
            return
        self.edited.emit(settings)


def slider(name: str) -> LabelledSlider:
    """Return the slider of one of DreamSettings' fields, which takes its share of a line."""
    info = field(DreamSettings, name)
    made = LabelledSlider(
        info.label,
        info.low,
        info.high,
        getattr(DreamSettings(), name),
        decimals=info.decimals,
        log=info.log,
        whole=info.whole,
        tip=info.tip,
    )
    set_topic(made, info)
    made.setMaximumWidth(220)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def grouped(*widgets: QWidget) -> QWidget:
    """Return widgets in a row that wraps as one."""
    group = QWidget()
    row = QHBoxLayout(group)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    group.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return group


def chains_text(count: int) -> str:
    return "1 chain" if count == 1 else f"{count} chains"
