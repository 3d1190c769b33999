"""Quotes and claims against the texts: `Verifier` has one method for each.

It fails closed: what isn't found is not upheld.
"""
