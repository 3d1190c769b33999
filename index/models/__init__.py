"""What turns text into vectors: `Embedder` is the port, and each model behind it is a file.

Vectors are only comparable within one model, so whatever changes them changes the model's fingerprint.
"""
