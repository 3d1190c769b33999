"""From a query to ranked passages: `find_candidates` with their signals, `rank` with learned weights.

A new signal is a field of the candidates and a name in the weights; it never decides alone.
"""
