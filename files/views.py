"""Serves documents: Wagtail's view, with caches told that the next request has to be checked again."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse:
    """A document, for whoever may have it now: every further request is checked again."""
    response: HttpResponse = serve(request, document_id, document_filename)
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
