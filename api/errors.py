"""Problem details (RFC 9457): one shape for every error, one table for their codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

PROBLEM = "application/problem+json"

# code: (status, English title, Chinese title)
PROBLEMS: dict[str, tuple[int, str, str]] = {
    "invalid_request": (422, "The request can't be understood", "请求内容无效"),
    "malformed_request": (400, "The request is malformed", "请求格式错误"),
    "forbidden": (403, "Not allowed from here", "此处不允许该操作"),
    "not_found": (404, "Nothing is found here", "未找到"),
    "method_not_allowed": (405, "This method isn't supported here", "不支持该请求方法"),
    "request_timeout": (408, "The request came too slowly", "请求超时"),
    "conflict": (409, "The state of the service stands against it", "与当前状态冲突"),
    "changed": (412, "It has changed since it was read", "内容已被修改"),
    "build_running": (409, "An index build is under way", "索引正在重建"),
    "too_large": (413, "The request is too large", "请求过大"),
    "unsupported_media_type": (415, "This type of body isn't taken here", "不支持该类型的请求体"),
    "too_many_requests": (429, "Too many requests", "请求过于频繁"),
    "head_too_large": (431, "Address or headers are too large", "请求头过大"),
    "not_configured": (422, "This is not set up here", "此处未配置该功能"),
    "internal": (500, "The service failed on this request", "服务内部错误"),
    "index_not_ready": (503, "The index is being built", "索引正在构建"),
    "not_writable": (503, "The data can't be written", "数据无法写入"),
    "busy": (503, "The service is busy", "服务繁忙"),
}
_CODE_OF_STATUS = {
    400: "malformed_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "too_many_requests",
    503: "busy",
}


@dataclass
class ProblemError(Exception):
    """An error for the caller: ``code`` of the table, ``detail`` in words, and further members of the problem."""

    code: str
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_body(error: ProblemError, request_id: str) -> dict[str, Any]:
    """Return ``error`` as the members of a problem detail."""
    status, title, title_zh = PROBLEMS[error.code]
    return {
        "type": f"urn:mscqa:problem:{error.code}",
        "title": title,
        "title_zh": title_zh,
        "status": status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
        **error.members,
    }


def problem_response(request: Request, error: ProblemError) -> JSONResponse:
    """Return ``error`` as a response of type ``application/problem+json``."""
    body = problem_body(error, getattr(request.state, "request_id", ""))
    return JSONResponse(body, body["status"], headers=dict(error.headers), media_type=PROBLEM)


def install_error_handlers(app: FastAPI, allowed_methods: Callable[[Request], set[str]]) -> None:
    """Make every error that ``app`` foresees a problem detail; the guard does that with the others.

    ``allowed_methods`` gives the methods of a request's address for its caller, of whichever routes.
    """

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ProblemError)  # noqa: S101 - Starlette calls it with this class only
        return problem_response(request, error)

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        problems = [_field_problem(item) for item in error.errors()]
        if any(item["loc"] == ("body",) and item["type"] != "missing" for item in error.errors()) and not _is_json(request):
            return problem_response(request, ProblemError("unsupported_media_type", "Send Content-Type: application/json."))
        if any(item["type"] == "json_invalid" for item in error.errors()):
            return problem_response(request, ProblemError("malformed_request", "The body isn't valid JSON."))
        detail = "; ".join(f"{item['field']}: {item['message']}" for item in problems)
        return problem_response(request, ProblemError("invalid_request", detail, {"errors": problems}))

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        if error.status_code == 405:
            return problem_response(request, _method_not_allowed(allowed_methods(request)))
        code = _CODE_OF_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed_request")
        return problem_response(request, ProblemError(code, str(error.detail), headers=error.headers or {}))

    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)


def _method_not_allowed(allowed: set[str]) -> ProblemError:
    if not allowed:
        return ProblemError("not_found", "There is nothing at this address.")
    if "GET" in allowed:
        allowed = {*allowed, "HEAD"}
    return ProblemError("method_not_allowed", "Method Not Allowed", {}, {"Allow": ", ".join(sorted(allowed))})


def _is_json(request: Request) -> bool:
    """Tell whether a body is said to be JSON; one that isn't is not read as such."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _field_problem(item: Mapping[str, Any]) -> dict[str, str]:
    """Return the field and the message of one validation error, never its input (questions can be private)."""
    where = [str(part) for part in item["loc"] if part not in ("body", "query", "path")]
    return {"field": ".".join(where) or "body", "message": str(item["msg"])}
