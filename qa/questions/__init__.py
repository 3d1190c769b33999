"""What a question wants: its language, things and words (`QueryReader`), its kind, and its parts (`read_wants`).

Nothing of a generation but its glossary is looked at here.
"""
