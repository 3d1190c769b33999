"""A question-answering service of LangChain: FAISS over the same model; ``python -m … MODEL CORPUS PORT``."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings

from tests.benchmarks.peers.passages import passages


def create_app(model: str, corpus: Path) -> FastAPI:
    """Return the service over the texts of ``corpus``."""
    embeddings = HuggingFaceEmbeddings(
        model_name=model, encode_kwargs={"prompt": "passage: "}, query_encode_kwargs={"prompt": "query: "}
    )
    store = FAISS.from_texts(passages(corpus), embeddings)
    app = FastAPI()

    @app.get("/search")
    def search(query: str, limit: int = 5) -> list[dict[str, object]]:
        return [
            {"text": text.page_content, "score": float(score)}
            for text, score in store.similarity_search_with_score(query, limit)
        ]

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[1], Path(sys.argv[2])), port=int(sys.argv[3]), log_level="warning")
