"""A language model behind an OpenAI-compatible endpoint; the only module that imports the client (extra ``llm``)."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import anyio

Trouble = Literal["timeout", "unreachable", "refused", "broken"]

_MOST_TOKENS = 700
_CLOSING = 2.0  # seconds that closing a connection may take, even where the asker is gone


class MissingClientError(Exception):
    """The client isn't installed."""


@dataclass
class EndpointError(Exception):
    """The endpoint gave no usable stream; ``trouble`` tells how, ``detail`` what it said, without any key."""

    trouble: Trouble
    detail: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Endpoint:
    """One model of one endpoint. Each call opens a connection of its own and closes it, whatever ends the call."""

    def __init__(self, base_url: str, model: str, key: str, timeout: float) -> None:
        """Raise ``MissingClientError`` with the command that installs the client, where it isn't."""
        try:
            import openai
        except ModuleNotFoundError as error:
            raise MissingClientError("Generated answers need the extra 'llm': pip install 'mscqa[llm]'") from error
        self._library = openai
        self._base_url, self.model, self._key, self._timeout = base_url, model, key, timeout

    @asynccontextmanager
    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[AsyncIterator[str]]:
        """Give the pieces of the model's answer as they come; leaving the block closes the connection.

        Reading them raises ``EndpointError``. ``timeout`` bounds each wait, for the first piece and between pieces.
        """
        client = self._library.AsyncOpenAI(
            base_url=self._base_url, api_key=self._key or "none", timeout=self._timeout, max_retries=0
        )
        try:
            async with aclosing(self._pieces(client, messages)) as pieces:
                yield pieces
        finally:
            with anyio.move_on_after(_CLOSING, shield=True):
                await client.close()

    async def _pieces(self, client: Any, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        library = self._library
        try:
            stream = await client.chat.completions.create(
                model=self.model,
                messages=[{"role": message.role, "content": message.content} for message in messages],
                stream=True,
                temperature=0,
                max_tokens=_MOST_TOKENS,
            )
            async with stream:
                async for chunk in stream:
                    for choice in chunk.choices or ():
                        if choice.delta and isinstance(choice.delta.content, str):
                            yield choice.delta.content
        except library.APITimeoutError:
            raise EndpointError("timeout", f"no answer within {self._timeout:g} seconds") from None
        except library.APIStatusError as error:
            raise EndpointError("refused", f"status {error.status_code}") from None
        except library.APIConnectionError as error:
            trouble: Trouble = "broken" if "peer closed" in str(error.__cause__ or "") else "unreachable"
            raise EndpointError(trouble, "the connection failed") from None
        except library.APIError:
            raise EndpointError("broken", "the endpoint reported an error in its stream") from None
        except (ValueError, TypeError, AttributeError):
            raise EndpointError("broken", "what the endpoint sent is no stream of completions") from None
        except Exception as error:  # the client's HTTP library has its own errors for a cut or silent connection
            if "timeout" in type(error).__name__.lower():
                raise EndpointError("timeout", f"no further piece within {self._timeout:g} seconds") from None
            raise EndpointError("broken", f"the stream ended early ({type(error).__name__})") from None
