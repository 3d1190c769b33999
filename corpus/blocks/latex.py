r"""LaTeX as recognisers of printed pages write it (``$1 0 ^ { \circ }$``), read as plain text (10°)."""

import re

_COMMANDS = {
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "sim": "~", "approx": "≈", "simeq": "≈", "leq": "≤", "le": "≤",
    "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "neq": "≠", "ne": "≠", "ll": "≪", "gg": "≫", "circ": "°",
    "degree": "°", "textdegree": "°", "textdegreeC": "°C", "infty": "∞", "prime": "′", "rightarrow": "→", "to": "→",
    "leftarrow": "←", "uparrow": "↑",
    "downarrow": "↓", "ldots": "…", "cdots": "…", "dots": "…", "div": "÷", "ell": "l", "alpha": "α", "beta": "β",
    "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Gamma": "Γ", "Sigma": "Σ", "Omega": "Ω",
    "Phi": "Φ", "Psi": "Ψ", "mid": "|", "ast": "*", "star": "*", "bullet": "·", "textmu": "μ", "equiv": "≡",
    "propto": "∝", "blacktriangle": "▲", "triangle": "△", "square": "□", "parallel": "∥", "perp": "⊥", "colon": ":",
}  # fmt: skip
_DROPPED = (
    "mathrm text mathbf mathit mathsf mathcal mathbb operatorname rm bf it textbf textit textrm hat bar overline underline"
    " tilde vec boldsymbol pmb left right big Big displaystyle textstyle scriptstyle quad qquad hspace"
    " limits nolimits textcircled begin end array hfill"
).split()
_COMMAND = re.compile(r"\\(?:(?P<name>[A-Za-z]+)|(?P<mark>[^A-Za-z]))")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]{0,80})\}\s*\{([^{}]{0,80})\}")
_SCRIPT = re.compile(r"([_^])\s*(?:\{([^{}]{0,60})\}|(\S))")
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_PLAIN = re.compile(r"[\d\s.,;:%+\-−–=<>≤≥±×/()\[\]~*'|a-zA-Zα-ωΑ-Ω]*")
_WORD = re.compile(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}")


def is_latex(words: str) -> bool:
    """Tell whether what stands between two dollar signs is LaTeX, and not words between two prices."""
    if re.search(r"[\\^_{}]", words):
        return True
    return bool(_PLAIN.fullmatch(words)) and not _WORD.search(words) and bool(re.search(r"\S", words))


def read_latex(words: str) -> str:
    """Return what LaTeX reads as, in plain characters; commands that nobody knows stay by name."""
    words = _FRACTION.sub(r"\1/\2", words)
    words = re.sub(r"\s+", " ", _COMMAND.sub(_command, words))
    words = re.sub("[ ~]", "", words)  # a tie is a blank, and blanks mean nothing
    for _ in range(3):  # scripts within scripts
        words = _SCRIPT.sub(_script, words)
    return words.replace("{", "").replace("}", "")


def raised(words: str) -> str:
    """Return an exponent in raised characters where all have one, else as it is."""
    made = words.translate(_RAISED)
    return made if not set(made) & set(words) else words


def lowered(words: str) -> str:
    """Return an index in lowered characters where all have one, else as it is."""
    made = words.translate(_LOWERED)
    return made if not set(made) & set(words) else words


def _command(found: "re.Match[str]") -> str:
    if found["mark"] is not None:
        return found["mark"] if found["mark"] in "%#&_$" else ""
    name = found["name"]
    return "" if name in _DROPPED else _COMMANDS.get(name, name)


def _script(found: "re.Match[str]") -> str:
    words = found[2] if found[2] is not None else found[3]
    if found[1] == "_":
        return lowered(words)
    if words in ("°", "′", "*") or words.startswith(("[", "°")):
        return words
    made = raised(words)
    return made if made != words or not words else "^" + words
