"""From ranked passages to a cited answer: `Engine.ask` walks through all of it.

Every quote is checked against the text here, at serving time; nothing else may make one.
"""
