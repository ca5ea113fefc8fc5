"""What the site adds to Wagtail, hook by hook."""

from wagtail import hooks

from home.admin_scripts import admin_script
from home.article_reports.keeping import forget_reports
from home.content_checks import checker, publishing
from home.content_checks import report as content_checks
from home.gate import refunds
from home.gate import report as gated_pages
from home.gate.choosers import only_what_is_published
from home.gate.downloads import check_document, check_picture
from home.gate.explorer import show_audiences
from home.help_votes import report as help_votes

hooks.register("before_serve_document", check_document)
hooks.register("before_serve_picture", check_picture)

hooks.register("close_account", forget_reports)
hooks.register("construct_page_chooser_queryset", only_what_is_published)
hooks.register("construct_wagtail_userbar", checker.use_site_checker)
hooks.register("after_publish_page", publishing.tell_findings)
for report in (gated_pages, content_checks, help_votes, refunds):
    hooks.register("register_admin_urls", report.report_urls)
    hooks.register("register_reports_menu_item", report.report_menu_item)
hooks.register("insert_global_admin_js", admin_script)

show_audiences()
