"""The application: routes, errors, guards and the page, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route

from api import admin, streaming
from api.bounds.access import allowed_methods
from api.bounds.guards import install_guards
from api.bounds.pace import Pace
from api.bounds.proxies import TrustedProxies
from api.citation_routes import router as citations
from api.errors import install_error_handlers
from api.original_routes import router as originals
from api.page.documents import router as corpus_page
from api.page.feedback import router as feedback
from api.page.manage import router as manage
from api.page.search import router as page
from api.page.verifying import router as verifying
from api.page.viewer import router as viewer
from api.process.runtime import Runtime
from api.routes import router
from api.verification_routes import router as verification
from qa.settings import Settings

HERE = Path(__file__).parent
_LONGEST_LOADING = 180  # seconds


def create_app(settings: Settings, *, when_ready: bool = False) -> FastAPI:
    """Return the application; its model and index are loaded in the background once it is served.

    With ``when_ready`` it takes connections only then, or after three minutes: where others serve beside it.
    """
    runtime = Runtime(settings)
    proxies = TrustedProxies(settings.trusted_proxies)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        runtime.open()
        with anyio.move_on_after(_LONGEST_LOADING if when_ready else 0):
            while not runtime.ready:
                await anyio.sleep(0.05)
        yield {"runtime": runtime, "proxies": proxies, "pace": Pace()}
        runtime.close()

    # The interactive documentation of FastAPI loads scripts from other hosts; the OpenAPI file itself is served.
    app = FastAPI(
        title="mscqa",
        version="1",
        summary="Cited answers from Chinese review texts on mesenchymal stem cell therapy.",
        description="Reference material, not medical advice. 仅供研究参考，不构成医疗建议。",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.runtime = runtime
    app.state.admin_key = settings.admin_secret()
    install_error_handlers(app, allowed_methods)
    install_guards(app, settings, proxies)
    described = (router, streaming.router, citations, verification, admin.router, admin.keyed)
    pages = (page, corpus_page, originals, viewer, verifying, feedback, manage)
    for group in (*described, *pages):
        app.include_router(group, include_in_schema=group in described)
    found = (route for group in (*described, *pages, app.router) for route in group.routes)
    app.state.routes = [route for route in found if isinstance(route, Route)]
    app.mount("/static", StaticFiles(directory=HERE / "page" / "static"), name="static")
    return app
