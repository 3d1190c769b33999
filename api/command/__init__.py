"""The command line, an entry beside HTTP: `main` is what ``mscqa`` starts.

Each file is one command with `add_command`, or a few alike; what a command does stands below, in ``qa`` and ``index``.
"""
