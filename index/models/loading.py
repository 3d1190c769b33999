"""From the setting of an embedding model to the embedder: the default one on ONNX Runtime, all others by their library."""

from pathlib import Path

from index.models.default_model import FINGERPRINT, NAME, ensure_default_model
from index.models.embedding import Embedder

DEFAULT = "default"
RUNTIME = "onnxruntime"


def load_embedder(model: str, data_dir: Path, threads: int = 1) -> Embedder:
    """Return the embedder of a setting: ``default``, a folder, or a name of the Hugging Face hub.

    A hub name is looked up in the local cache first, and on the network only where ``HF_HUB_OFFLINE`` isn't set.
    Raises ``ModelError`` with what to do.
    """
    if model == DEFAULT:
        from index.models.onnx_embedder import OnnxEmbedder

        return OnnxEmbedder(ensure_default_model(data_dir), name=NAME, fingerprint=FINGERPRINT, threads=threads)
    from index.models.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(model, threads=threads)


def model_identity(model: str) -> tuple[str, str | None]:
    """Return the name and the fingerprint that the embedder of a setting will have, without loading it.

    The fingerprint is None for a model of the hub.
    """
    if model == DEFAULT:
        return NAME, FINGERPRINT
    from index.models.sentence_transformer import folder_fingerprint

    return model, folder_fingerprint(Path(model)) if Path(model).is_dir() else None
