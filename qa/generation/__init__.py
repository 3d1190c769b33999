"""Answers that a language model of the user's writes, each sentence checked before it is shown: `Generator.events`.

Without a configured model nothing here runs.
"""
