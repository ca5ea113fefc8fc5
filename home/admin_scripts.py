"""Lets Wagtail's admin work without inline scripts, which the content security policy refuses.

Wagtail starts its choosers and date pickers from ``<script>`` elements in the page. Here each says in data
attributes what to start, and ``static/js/admin.js`` starts it; the pickers' templates are in
``templates/wagtailadmin/widgets/``.
"""

import json
from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def admin_script() -> SafeString:
    """The script element that every page of the admin loads."""
    return format_html('<script src="{}"></script>', static("js/admin.js"))


def render_chooser(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
) -> SafeString:
    """Stands in for ``BaseChooser.render``: the same markup, with data attributes in place of the script."""
    input_id = (attrs or {})["id"]
    chosen = self.get_value_data(value)
    # The span comes first: the chooser has to find its buttons before Wagtail's dropdown moves them away.
    return format_html(
        '<span hidden data-controller="qs-chooser" data-qs-chooser-kind-value="{}" '
        'data-qs-chooser-input-value="{}" data-qs-chooser-options-value="{}"></span>{}',
        "createTaskChooser" if isinstance(self, AdminTaskChooser) else self.js_constructor,
        input_id,
        json.dumps(self.get_js_init_options(input_id, name, chosen)),
        self.render_html(name, chosen, attrs),
    )


BaseChooser.render = render_chooser
