"""The JSON of the API: what comes in and what goes out, and nothing that decides.

A field may be added; none may change its type or default (docs/asking.md).
"""
