"""The service to the outside: HTTP, the page and the command line.

What is asked is handed down to ``qa``; nothing here decides what answers.
"""
