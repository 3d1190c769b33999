"""What a sentence says: its names, numbers, clauses and directions, as a `Statement` read by `StatementReader`.

It compares nothing: who asks and who verifies use the same reading.
"""
