"""Every setting of the service, in one table: name, default and help; each is read from ``MSCQA_<NAME>``."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus import model

# By a module of the package: any folder called corpus on the path would count as a part of the package itself.
BUNDLED_CORPUS = Path(model.__file__).parent / "documents"
BUNDLED_TERMS = Path(model.__file__).parent / "terms"

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(ValueError):
    """A setting that can't be used; the message names the variable and what is wrong with it."""


class Settings(BaseSettings):
    """What can be set, with defaults that work on one machine without a network."""

    model_config = SettingsConfigDict(env_prefix="MSCQA_", extra="ignore", frozen=True)

    corpus_dir: Path = Field(BUNDLED_CORPUS, description="Folder of the texts (`.md`, `.txt`)")
    terms_dir: Path = Field(BUNDLED_TERMS, description="Folder of the bilingual term base (`.csv`)")
    data_dir: Path = Field(Path("var"), description="Folder for the index, the model and the embedding cache")
    host: str = Field("127.0.0.1", min_length=1, description="Address that the server listens on")
    port: Port = Field(8000, description="Port that the server listens on (0: any free one)")
    embedding_model: str = Field(
        "default",
        min_length=1,
        description="`default` (multilingual-e5-small from a package, offline), a folder, or a sentence-transformers name",
    )
    reranker: str = Field(
        "",
        description="A sentence-transformers CrossEncoder (folder or name) that reads the first 20 passages again",
    )
    threads: int = Field(1, ge=1, le=64, description="Processor threads for one embedding call")
    max_question_characters: int = Field(500, ge=10, le=5000, description="Longest question that is answered")
    max_concurrent_questions: int = Field(
        64, ge=1, le=4096, description="Questions under way or waiting; more get 503 with Retry-After"
    )
    keep_generations: int = Field(3, ge=2, le=50, description="Index generations kept for going back")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much the server logs")
    log_questions: bool = Field(False, description="Whether the server log may hold the text of questions")


def read_settings(**overrides: object) -> Settings:
    """Return the settings of the environment, with ``overrides`` before it; raises ``SettingsError`` naming the variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"MSCQA_{str(e['loc'][0]).upper()}: {e['msg']} (got {e['input']!r})" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None
