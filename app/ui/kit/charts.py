"""One chart with its sentence and its numbers as a table; drawn by ECharts in the tokens' colours.

Drawn as SVG, where a colour may be a CSS custom property: so it follows light and dark by itself.
Labels, names and units are the page's own words, never anything from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from nicegui import ui

from app.ui.kit.parts import DASH
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

FONT: Final = "system-ui, -apple-system, 'Segoe UI', sans-serif"
COLOURS: Final = ("var(--accent)", "var(--info)")
SMALL: Final = {"color": "var(--muted)", "fontFamily": FONT, "fontSize": 11}
POINTS_MARKED: Final = 31
"""Lines with more points are drawn without marks."""

Value = float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Values under one name and of one unit, a bar or a point of a line each; None is not known."""

    name: str
    values: Sequence[Value]
    unit: str = ""
    line: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows: ``unit`` labels the upright axis, ``labels`` the other one; the
    sentence says the same in words. ``rows`` are its numbers, ``heads`` above them; without
    ``rows`` it is empty, and only the sentence is shown. ``top`` is the axis' end, if fixed;
    ``wide`` charts take a line of their own."""

    title: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    sentence: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    top: float | None = None
    wide: bool = False


class Chart(ui.element):
    """A card with one chart; `show` draws it anew in place."""

    def __init__(self, visit: Visit) -> None:
        super().__init__("figure")
        self.classes("card chart-card")
        self._drawing: Drawing | None = None
        self._open = False
        with self:
            with ui.element("figcaption").classes("chart-head"):
                self._title = words("h2", "")
                self._sentence = words("p", "").classes("muted small")
            with ui.element("div").classes("chart-box"):
                self._chart = ui.echart({}, renderer="svg").classes("chart").props("role=img")
                self._none = words("p", "Nothing to draw").classes("chart-none muted")
            with ui.element("details").classes("chart-numbers") as self._numbers:
                self._summary = words("summary", "Numbers")
                self._table = (
                    ui.element("div").classes("chart-table").props("tabindex=0 role=region")
                )
        self._numbers.on(
            "toggle", visit.act(self._toggled), js_handler="(event) => emit(event.target.open)"
        )

    def show(self, drawing: Drawing) -> None:
        """Draw this."""
        if drawing == self._drawing:
            return
        self._drawing = drawing
        drawn = bool(drawing.rows)
        kind = "chart-wide" if drawing.wide else ""
        self.classes(replace=f"card chart-card {kind} {'' if drawn else 'is-empty'}")
        self._title.set_text(drawing.title)
        self._sentence.set_text(drawing.sentence)
        self._summary.props["aria-label"] = f"Numbers of {drawing.title.lower()}"
        self._table.props["aria-label"] = drawing.title
        self._chart.props["aria-label"] = f"{drawing.title}. {drawing.sentence}"
        self._chart.set_visibility(drawn)
        self._none.set_visibility(not drawn)
        if drawn:
            self._chart.options.clear()
            self._chart.options.update(options_of(drawing))
            self._chart.update()
        self._show_table()

    def _toggled(self, event: Any) -> None:
        self._open = event.args is True
        self._show_table()

    def _show_table(self) -> None:
        """The numbers, while somebody looks at them."""
        self._table.clear()
        if not self._open or self._drawing is None:
            return
        with self._table, ui.element("table").classes("table"):
            with ui.element("thead"), ui.element("tr"):
                for head in self._drawing.heads:
                    words("th", head).props("scope=col")
            with ui.element("tbody"):
                for name, *values in self._drawing.rows:
                    with ui.element("tr"):
                        words("th", name).props("scope=row")
                        for value in values:
                            words("td", value)


def options_of(drawing: Drawing) -> dict[str, Any]:
    """ECharts' options of a drawing."""
    many = len(drawing.series) > 1
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 8, "top": 32, "bottom": 4, "containLabel": True},
        "legend": {
            "show": many,
            "top": 0,
            "right": 0,
            "icon": "roundRect",
            "itemHeight": 3,
            "itemWidth": 16,
            "textStyle": SMALL,
            "inactiveColor": "var(--line-strong)",
        },
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": "var(--raised)",
            "borderColor": "var(--line)",
            "textStyle": {"color": "var(--text)", "fontFamily": FONT, "fontSize": 12},
            "axisPointer": {
                "type": "line" if drawing.series[0].line else "shadow",
                "lineStyle": {"color": "var(--line-strong)"},
                "shadowStyle": {"color": "var(--hover)"},
            },
        },
        "xAxis": {
            "type": "category",
            "data": list(drawing.labels),
            "axisLine": {"lineStyle": {"color": "var(--line-strong)"}},
            "axisTick": {"show": False},
            "axisLabel": {
                **SMALL,
                "hideOverlap": True,
                "alignMinLabel": "left" if len(drawing.labels) > POINTS_MARKED else None,
            },
        },
        "yAxis": {
            "type": "value",
            "name": drawing.unit,
            "nameTextStyle": {**SMALL, "align": "left", "padding": [0, 0, 0, -8]},
            "nameGap": 14,
            "min": 0,
            "max": drawing.top,
            "interval": drawing.top and drawing.top / 4,
            "minInterval": 1,
            "splitNumber": 4,
            "axisLabel": SMALL,
            "splitLine": {"lineStyle": {"color": "var(--line)"}},
        },
        "series": [_series(series, place) for place, series in enumerate(drawing.series)],
    }


def _series(series: Series, place: int) -> dict[str, Any]:
    colour = COLOURS[place]
    made: dict[str, Any] = {
        "name": series.name,
        "type": "line" if series.line else "bar",
        "data": list(series.values),
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},  # it would mix a colour, and custom properties do not mix
        # A key with a colon is code to NiceGUI; this one is ours alone.
        "tooltip": {":valueFormatter": _FORMATTER.replace("UNIT", series.unit)},
    }
    if series.line:
        few = len(series.values) <= POINTS_MARKED
        kind = "dashed" if place else "solid"
        made |= {
            "lineStyle": {"color": colour, "width": 2, "type": kind},
            "symbol": "circle",
            "symbolSize": 6,
            "showSymbol": few,
        }
    else:
        made["barMaxWidth"] = 28
        made["itemStyle"]["borderRadius"] = [3, 3, 0, 0]
    return made


_FORMATTER: Final = (
    "(value) => value == null ? '" + DASH + "' : `${value.toLocaleString('en')} UNIT`"
)
