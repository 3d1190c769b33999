"""From a text to its blocks: every character that isn't blank in exactly one, each of a kind, with its soft breaks.

Words that tell kinds stand in ``line_kinds.toml``, each with examples; a rule mends a kind of text and never one text.
"""
