"""What the site adds to Wagtail, hook by hook."""

from wagtail import hooks

from home.gate.downloads import check_document

hooks.register("before_serve_document", check_document)
