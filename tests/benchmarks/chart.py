"""A chart of ``speed.json`` as SVG: questions a second of each service with 1, 8 and 32 clients, quality beside them."""

from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _LEFT, _BAR, _GAP = 720, 110, 16, 18
_COLOURS = ("#9ab7d3", "#4a7fb0", "#1d4e79")


def draw(item: dict[str, Any]) -> str:
    """Return the chart; a bar a number of clients, and R@1 in both languages behind each name."""
    services = item["services"]
    most = max(load["per_second"] for one in services.values() for load in one["load"])
    scale = (_WIDTH - _LEFT - 180) / most
    parts, top = [], 34
    for name, one in services.items():
        parts.append(_text(_LEFT - 8, top + 28, name, "end"))
        for number, load in enumerate(one["load"]):
            y, width = top + number * _BAR, load["per_second"] * scale
            parts.append(f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 3}" fill="{_COLOURS[number]}"/>')
            label = f"{load['per_second']:g}/s, {load['clients']} client{'s' * (load['clients'] > 1)}"
            parts.append(_text(_LEFT + width + 5, y + 11, label))
        held = one["quality"]
        parts.append(_text(_WIDTH - 6, top + 27, f"R@1 {held['zh']['R@1']:.2f} zh, {held['en']['R@1']:.2f} en", "end"))
        top += 3 * _BAR + _GAP
    title = _text(6, 18, "Questions answered a second, one run, the same model, texts and questions")
    style = 'font-family="system-ui, sans-serif" font-size="12" fill="#222"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" {style} role="img">'
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{top}" fill="#fff"/>', title, *parts, "</svg>", ""])


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
