"""What finds rows: by vector, by words, by tokens; each engine is written once, opened read-only and never changed.

An engine knows rows and numbers; what a row says stands in `contents`.
"""
