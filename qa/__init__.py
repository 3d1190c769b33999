"""One question, from its words to a cited answer; what is learned, measured and verified on the way.

It stands on ``index`` and ``corpus``, and nothing here knows HTTP.
"""
