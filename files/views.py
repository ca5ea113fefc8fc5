"""Serves documents and gated pictures, with caches told that the next request has to be checked again."""

from typing import Any, TypeVar
from zlib import crc32

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.documents.views.serve import serve

from files.models import CustomImage, CustomRendition
from files.pictures import GATED

Response = TypeVar("Response", bound=HttpResponseBase)


@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse:
    """A document, for whoever may have it now: every further request is checked again."""
    response: HttpResponse = serve(request, document_id, document_filename)
    return _checked_each_time(response)


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture that not everybody may see, or the way to where it lies once everybody may."""
    if "\x00" in name:
        raise Http404("No picture has such a name.")
    row, image = _row(f"{GATED}{name}")
    if row is None or image is None:
        row, _ = _row(name)
        if row is None:
            raise Http404("There is no such picture.")
        return redirect(row.file.url)
    for check in hooks.get_hooks("before_serve_picture"):
        check(image, request)
    return _checked_each_time(_content(request, row))


def _row(name: str) -> tuple[Any, CustomImage | None]:
    """The picture or the size of one that lies under ``name``, and the picture itself."""
    rendition = CustomRendition.objects.select_related("image").filter(file=name).first()
    if rendition:
        return rendition, rendition.image
    image = CustomImage.objects.filter(file=name).first()
    return image, image


def _content(request: HttpRequest, row: Any) -> HttpResponseBase:
    """The file, or that the browser's copy is still right: a file never changes under its name."""
    etag = f'"{hash_of(row.file.name)}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    try:
        response = FileResponse(row.file.open("rb"), headers={"ETag": etag})
    except FileNotFoundError:
        raise Http404("The file of this picture is gone.") from None
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def hash_of(name: str) -> str:
    """A short mark of a file's name."""
    return f"{crc32(name.encode()):08x}"


def _checked_each_time(response: Response) -> Response:
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
