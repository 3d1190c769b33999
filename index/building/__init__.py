"""What makes a generation: `build` from documents, `publish` from a corpus folder, `BuildProcess` aside from a server.

Nothing here is imported by what answers a question; the files that only start, plan or watch change no index.
"""
