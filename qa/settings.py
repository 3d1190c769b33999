"""Every setting of the service, in one table: name, default and help; each is read from ``MSCQA_<NAME>``."""

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus import model
from index.building.places import BuildPlaces
from qa.retrieval.weights import FILE as WEIGHTS

# By a module of the package: any folder called corpus on the path would count as a part of the package itself.
BUNDLED_CORPUS = Path(model.__file__).parent / "documents"
BUNDLED_TERMS = Path(model.__file__).parent / "terms"

NOT_CONFIGURED = "Generated answers need a language model: set MSCQA_LLM_BASE_URL and MSCQA_LLM_MODEL."
_SHORTEST_KEY = 16
_SENDABLE = re.compile(r"[!-~]([ -~]*[!-~])?")  # a header's blanks at the ends are cut off, and its bytes aren't UTF-8

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsError(ValueError):
    """A setting that can't be used; the message names the variable and what is wrong with it."""


class Settings(BaseSettings):
    """What can be set, with defaults that work on one machine without a network."""

    model_config = SettingsConfigDict(env_prefix="MSCQA_", extra="ignore", frozen=True)

    corpus_dir: Path = Field(BUNDLED_CORPUS, description="Folder of the texts (`.md`, `.txt`, `.pdf`, `.docx`, `.html`)")
    terms_dir: Path = Field(BUNDLED_TERMS, description="Folder of the bilingual term base (`.csv`)")
    data_dir: Path = Field(Path("var"), description="Folder for the index, the model and the embedding cache")
    host: str = Field("127.0.0.1", min_length=1, description="Address that the server listens on")
    port: Port = Field(8000, description="Port that the server listens on (0: any free one)")
    workers: int = Field(1, ge=1, le=64, description="Server processes, each with its own model, behind one port")
    strict: bool = Field(False, description="Whether a build is refused where any file of the corpus can't be read")
    watch: bool = Field(False, description="Whether the server watches the texts and terms and rebuilds after each edit")
    embedding_model: str = Field(
        "default",
        min_length=1,
        description="`default` (multilingual-e5-small from a package, offline), a folder, or a sentence-transformers name",
    )
    reranker: str = Field(
        "",
        description="A sentence-transformers CrossEncoder (folder or name) that reads the first 20 passages again",
    )
    weights_file: Path = Field(WEIGHTS, description="Weights of the signals, learned for one model by `mscqa fit`")
    threads: int = Field(1, ge=1, le=64, description="Processor threads for one embedding call")
    max_question_characters: int = Field(500, ge=10, le=5000, description="Longest question that is answered")
    max_concurrent_questions: int = Field(
        64, ge=1, le=4096, description="Questions under way or waiting; more get 503 with Retry-After"
    )
    max_connections: int = Field(
        500,
        ge=2,
        le=60000,
        description="Open connections of a worker; of more, an idle one makes room, of the client with the most",
    )
    request_seconds: int = Field(
        30, ge=1, le=3600, description="Time for a request to arrive, and for its answer to be taken"
    )
    requests_per_minute: int = Field(
        0, ge=0, le=1_000_000, description="Requests a minute of one client address; more get 429 (0: no limit)"
    )
    trusted_proxies: str = Field(
        "", description="Addresses and networks of proxies whose `X-Forwarded-For`, `-Proto` and `-Prefix` are believed"
    )
    keep_generations: int = Field(3, ge=2, le=50, description="Index generations kept for going back")
    build_memory_mb: int = Field(
        4096, ge=0, le=1 << 20, description="Memory that a build in the server may use, in MB (0: no limit)"
    )
    build_keep_seconds: int = Field(
        300, ge=0, le=86400, description="How long the build process stays loaded for the next edit"
    )
    admin_key: SecretStr | None = Field(
        None, min_length=_SHORTEST_KEY, description="Key of the admin routes; without one they answer on loopback only"
    )
    admin_key_file: Path | None = Field(None, description="File that holds the admin key")
    llm_base_url: str = Field(
        "",
        pattern="^(https?://.+)?$",
        description="Base URL of an OpenAI-compatible endpoint for generated answers (extra `llm`); none: extractive only",
    )
    llm_model: str = Field("", description="Model that generates answers, as the endpoint names it")
    llm_api_key: SecretStr | None = Field(None, description="Key of that endpoint, where it wants one")
    llm_api_key_file: Path | None = Field(None, description="File that holds the endpoint's key")
    llm_timeout: float = Field(60, ge=1, le=600, description="Seconds that a generated answer may take; then extractive")
    llm_unsupported: Literal["drop", "mark"] = Field(
        "drop", description="Generated sentences that their evidence doesn't bear out: `drop` or `mark`"
    )
    serve_originals: Literal["local", "always", "never"] = Field(
        "local", description="Who gets the files of the corpus as they are: programs of this machine, everybody, or nobody"
    )
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much the server logs")
    log_questions: bool = Field(False, description="Whether the server log may hold the text of questions")
    feedback_file: Path | None = Field(
        None, description="File for readers' feedback (one JSON a line; without one the page doesn't ask)"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, named: str) -> str:
        for item in filter(None, map(str.strip, named.split(","))):
            try:
                ipaddress.ip_network(item)
            except ValueError as error:
                raise ValueError(f"name addresses or networks, as 10.0.0.0/8, separated by commas: {error}") from None
        return named

    @model_validator(mode="after")
    def _check_admin_key_file(self) -> Self:
        self.admin_secret()
        return self

    @model_validator(mode="after")
    def _check_llm(self) -> Self:
        self.llm_secret()
        if self.llm_base_url and not self.llm_model:
            raise ValueError("MSCQA_LLM_BASE_URL is set and MSCQA_LLM_MODEL isn't: name the model")
        return self

    @property
    def places(self) -> BuildPlaces:
        """What a build is told."""
        return BuildPlaces(
            corpus_dir=self.corpus_dir,
            terms_dir=self.terms_dir,
            data_dir=self.data_dir,
            model=self.embedding_model,
            keep=self.keep_generations,
            memory_mb=self.build_memory_mb,
            seconds_loaded=self.build_keep_seconds,
            strict=self.strict,
        )

    def llm_secret(self) -> str:
        """Return the endpoint's key, from its variable or its file, or nothing; raises ``ValueError`` for a bad file."""
        if self.llm_api_key is not None:
            return self.llm_api_key.get_secret_value()
        if self.llm_api_key_file is None:
            return ""
        try:
            return self.llm_api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError("MSCQA_LLM_API_KEY_FILE can't be read") from None

    def admin_secret(self) -> str | None:
        """Return the admin key, from its variable or its file; raises ``ValueError`` where the file can't be used."""
        secret, name = self._admin_secret()
        if secret is not None and not _SENDABLE.fullmatch(secret):
            raise ValueError(f"{name}: a header can't carry the key: use visible ASCII, blanks within it only")
        return secret

    def _admin_secret(self) -> tuple[str | None, str]:
        """Return the admin key, or None, and the variable that gives it; raises ``ValueError``."""
        if self.admin_key is not None:
            return self.admin_key.get_secret_value(), "MSCQA_ADMIN_KEY"
        if self.admin_key_file is None:
            return None, ""
        try:
            secret = self.admin_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError("MSCQA_ADMIN_KEY_FILE can't be read") from None
        if len(secret) < _SHORTEST_KEY:
            raise ValueError(f"the key in MSCQA_ADMIN_KEY_FILE has fewer than {_SHORTEST_KEY} characters")
        return secret, "MSCQA_ADMIN_KEY_FILE"


def read_settings(**overrides: object) -> Settings:
    """Return the settings of the environment, with ``overrides`` before it; raises ``SettingsError`` naming the variable."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_line(item) for item in error.errors())) from None


def _line(item: Mapping[str, Any]) -> str:
    """Return what is wrong with one setting; a secret's value is never shown."""
    if not item["loc"]:
        return str(item["msg"]).removeprefix("Value error, ")
    name = f"MSCQA_{str(item['loc'][0]).upper()}"
    return f"{name}: {item['msg']}" if "KEY" in name else f"{name}: {item['msg']} (got {item['input']!r})"
