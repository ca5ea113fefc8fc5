"""Fills forms anew with what somebody had typed when their session ended; who signs people in keeps it."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest

STILL_HERE = "What you typed is still here. Nothing was sent yet: check it, and send it again."


def refill(form: forms.BaseForm, request: HttpRequest) -> None:
    """Begin with what was typed in place of what is stored, and say so; it is never sent by itself."""
    typed: Mapping[str, str] = {} if form.is_bound else getattr(request, "typed_before", {})
    if not any(form.add_prefix(name) in typed for name in form.fields):
        return
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(typed, {}, form.add_prefix(name))
    messages.info(request, STILL_HERE)
