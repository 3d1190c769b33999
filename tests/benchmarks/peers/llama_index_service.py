"""A question-answering service of LlamaIndex: its own index over the same model; ``python -m … MODEL CORPUS PORT``."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from llama_index.core import Settings, VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from tests.benchmarks.peers.passages import passages


def create_app(model: str, corpus: Path) -> FastAPI:
    """Return the service over the texts of ``corpus``."""
    Settings.llm = None
    embedder = HuggingFaceEmbedding(model_name=model, query_instruction="query: ", text_instruction="passage: ")
    index = VectorStoreIndex([TextNode(text=text) for text in passages(corpus)], embed_model=embedder)
    app = FastAPI()

    @app.get("/search")
    def search(query: str, limit: int = 5) -> list[dict[str, object]]:
        found = index.as_retriever(similarity_top_k=limit).retrieve(query)
        return [{"text": item.node.get_content(), "score": item.score} for item in found]

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[1], Path(sys.argv[2])), port=int(sys.argv[3]), log_level="warning")
