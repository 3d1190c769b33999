"""A claim piece by piece: which words of a sentence of the texts each piece meets, and what speaks against it.

`judging.py` gives the verdict; what is polar, graded or takes words back stands in `qa/statements/*.toml`, and translations
of words in `translations.tsv` (`python -m index.training.lexicon`).
"""
