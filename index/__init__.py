"""The index: models, engines, generations, and the building of them.

It stands on ``corpus`` and knows no questions.
"""
