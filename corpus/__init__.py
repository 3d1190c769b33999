"""Texts and terms, and how they are read: from bytes to passages, with every place kept.

It knows nothing of the rest; what it finds is a pure function of the bytes.
"""
