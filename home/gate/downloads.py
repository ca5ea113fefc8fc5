"""What a reader gets who asks for a document or a picture they may not have."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers

from billing import api as billing
from files.models import CustomImage, File
from home.gate.places import access_to


def check_document(document: File, request: HttpRequest) -> HttpResponse | None:
    """None for a reader who may have the document; visitors sign in first, members see what would open it.

    Raises Http404 where nothing would open it: the reader learns of no document.
    """
    access = access_to(document, request)
    if access.allowed:
        return None
    if access.refusal is None:
        raise Http404("No page that you can open links to this document.")
    if not request.user.is_authenticated:
        response: HttpResponse = redirect_to_login(request.get_full_path(), resolve_url("account_login"))
        add_never_cache_headers(response)
        return response
    if access.refusal.unread:
        raise PermissionDenied("Open the page that links to this document: it counts, and opens both.")
    if access.refusal.decision is None:
        raise PermissionDenied("What it takes to read this document is not on offer at the moment.")
    return billing.refuse(request, access.refusal.decision)


def check_picture(image: CustomImage, request: HttpRequest) -> None:
    """Let a reader who may see the picture pass. Raises Http404 for all others: a page explains, not this."""
    if not access_to(image, request).allowed:
        raise Http404("No page that you can open shows this picture.")
