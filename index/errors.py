"""What can go wrong with models, builds and generations; each message says what to do."""


class IndexStoreError(Exception):
    """The index can't be built, stored or read."""


class ModelError(IndexStoreError):
    """An embedding model can't be found, decoded or used."""


class NoGenerationError(IndexStoreError):
    """No generation has been published yet, or none that can be read."""


class CorruptGenerationError(IndexStoreError):
    """A generation's files are not what its manifest says."""


class IncompatibleGenerationError(IndexStoreError):
    """A generation was made by another format, model, dictionary or way of splitting."""


class BuildRunningError(IndexStoreError):
    """Another build holds the lock."""
