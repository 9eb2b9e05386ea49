"""Line charts as SVG, for docs/: few lines, no library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "figures"
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 640, 360, 80, 40, 150, 50
_COLOURS = ("#1f5fa8", "#b0471f", "#2f7d4f", "#7a4fa0", "#8a6d00")


@dataclass(frozen=True)
class Line:
    """A named line through points (x, y)."""

    name: str
    points: Sequence[tuple[float, float]]


def plot(
    file: str, title: str, x_name: str, y_name: str, lines: Sequence[Line], *, log: bool = False
) -> Path:
    """Write ``docs/figures/<file>.svg``; ``log``: both axes by powers of ten, all values > 0."""
    xs = [x for line in lines for x, _ in line.points]
    ys = [y for line in lines for _, y in line.points]
    across = _Axis(xs, _LEFT, _WIDTH - _RIGHT, log)
    up = _Axis(ys, _HEIGHT - _BOTTOM, _TOP, log)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 22, title, size=15),
        _text(_LEFT, _HEIGHT - 12, x_name),
        _text(8, _TOP - 8, y_name),
    ]
    for value in across.ticks:
        x = across.at(value)
        parts.append(_rule(x, _TOP, x, _HEIGHT - _BOTTOM))
        parts.append(_text(x, _HEIGHT - _BOTTOM + 16, _short(value), anchor="middle"))
    for value in up.ticks:
        y = up.at(value)
        parts.append(_rule(_LEFT, y, _WIDTH - _RIGHT, y))
        parts.append(_text(_LEFT - 6, y + 4, _short(value), anchor="end"))
    for number, line in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = _TOP + 14 + number * 18
        parts.append(_rule(_WIDTH - _RIGHT + 8, y - 4, _WIDTH - _RIGHT + 24, y - 4, colour))
        parts.append(_text(_WIDTH - _RIGHT + 30, y, line.name))
    FOLDER.mkdir(parents=True, exist_ok=True)
    path_to = FOLDER / f"{file}.svg"
    path_to.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")
    return path_to


class _Axis:
    def __init__(self, values: Sequence[float], start: float, end: float, log: bool) -> None:
        self._log = log
        self._start, self._end = start, end
        if log:
            low = math.floor(math.log10(min(values)))
            high = max(math.ceil(math.log10(max(values))), low + 1)
            self.ticks = [10.0**power for power in range(low, high + 1)]
        else:
            step = _step(max([*values, 1e-9]))
            low, high = 0, max(1, math.ceil(max(values) / step))
            self.ticks = [step * turn for turn in range(high + 1)]
        self._low, self._high = self._scale(self.ticks[0]), self._scale(self.ticks[-1])

    def at(self, value: float) -> float:
        share = (self._scale(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def _scale(self, value: float) -> float:
        return math.log10(value) if self._log else value


def _step(most: float) -> float:
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * part for part in (0.2, 0.5, 1, 2) if most / (power * part) <= 6)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="#222222">{escape(text)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str = "#dddddd") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{1 if colour == "#dddddd" else 2}"/>'
