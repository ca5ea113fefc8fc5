"""The addresses of pages that Wagtail does not serve."""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from home.article_reports import views as reports
from home.gate.unlock_views import unlock_page
from home.help_votes.views import vote
from home.search.views import search, search_help
from home.seo.feeds import ArticleFeed, AtomArticleFeed
from home.seo.robots import favicon, robots

app_name = "home"
urlpatterns = [
    path("search/", search, name="search"),
    path("search/help/", search_help, name="help_search"),
    path("help-votes/<int:page_id>/", vote, name="help_vote"),
    path("reports/", reports.reports, name="reports"),
    path("reports/order/<int:page_id>/", reports.order, name="order_report"),
    path("reports/<uuid:key>/file/", reports.file, name="report_file"),
    path("unlock/<int:page_id>/", unlock_page, name="unlock"),
    path("feed/", ArticleFeed(), name="feed"),
    path("feed/atom/", AtomArticleFeed(), name="feed_atom"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
]
