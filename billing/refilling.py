"""Fills forms anew with what somebody had typed when their session ended; who signs people in keeps it."""

from collections.abc import Iterable, Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest

STILL_HERE = "What you typed is still here. Nothing was sent yet: check it, and send it again."
CHOOSE_FILES = f"{STILL_HERE} A file has to be chosen anew."


def refill(form: forms.BaseForm, request: HttpRequest) -> None:
    """Begin with what was typed in place of what is stored, and say so; it is never sent by itself."""
    if form.is_bound:
        return
    says = CHOOSE_FILES if form.is_multipart() else STILL_HERE
    typed = typed_before(request, fields=map(form.add_prefix, form.fields), says=says)
    for name, field in form.fields.items() if typed else ():
        form.initial[name] = field.widget.value_from_datadict(typed, {}, form.add_prefix(name))


def typed_before(request: HttpRequest, *, fields: Iterable[str], says: str = STILL_HERE) -> Mapping[str, str]:
    """What was typed into the form with these ``fields``, and say so; empty where it was another or none."""
    typed: Mapping[str, str] = getattr(request, "typed_before", {})
    if not any(name in typed for name in fields):
        return {}
    messages.info(request, says)
    return typed
