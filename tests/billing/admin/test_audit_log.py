"""The audit log in the admin: found, filtered, exported, and quick at any length."""

import csv
import io
import json

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.actors import acting
from billing.audits.models import AuditEntry
from billing.audits.queries import COUNTED, MOST_PEOPLE, kinds, people
from billing.catalog.models import Plan
from tests.factories.billing import FeatureFactory, PlanFactory, PlanVersionFactory, UserFactory

INDEX = "/admin/billing/audit-log/"

FILL = """
INSERT INTO billing_auditentry
    (at, kind, row_id, label, operation, before, after, user_email, why, origin, place, transaction)
SELECT now() - n * interval '1 minute', (ARRAY['plan', 'price', 'grant'])[1 + n %% 3], n::text, 'Row ' || n,
    'update', '{"a": 1}', '{"a": 2}', CASE n %% 2 WHEN 0 THEN 'ada@example.com' ELSE '' END, '',
    (ARRAY['admin', 'job'])[1 + n %% 2], '', n
FROM generate_series(1, %s) n
"""


def fill(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [count])
        cursor.execute("ANALYZE billing_auditentry")


def listed(admin, **query) -> list[AuditEntry]:
    response = admin.get(INDEX, query)
    assert response.status_code == 200
    return list(response.context["object_list"])


@pytest.fixture
def story(db):
    """Two people and a job change things."""
    with acting(user=UserFactory(email="ada@example.com"), origin="admin", why="Spring sale"):
        plan = PlanFactory(key="team", name="Team")
        Plan.objects.filter(pk=plan.pk).update(tagline="For teams")
    with acting(user=UserFactory(email="bob@example.com"), origin="admin"):
        FeatureFactory(key="exports")
    with acting(origin="job", place="billing.tasks.some_job 7"):
        Plan.objects.filter(pk=plan.pk).update(position=4)
    return plan


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 4),
        ({"kind": "plan"}, 3),
        ({"kind": "nothing"}, 0),
        ({"by": "person"}, 3),
        ({"by": "nobody"}, 1),
        ({"origin__exact": "job"}, 1),
        ({"user_email__exact": "bob@example.com"}, 1),
        ({"from": "2000-01-01", "until": "2000-12-31"}, 0),
        ({"from": "2000-01-01"}, 4),
        ({"until": "2000-01-01"}, 0),
        ({"who": "ada"}, 2),
        ({"who": "ADA@example.com "}, 2),
        ({"who": "a"}, 2),
        ({"who": "example"}, 0),
        ({"who": "%"}, 0),
        ({"who": "x" * 300}, 0),
        ({"q": "ada"}, 2),
        ({"q": "spring sale"}, 2),
        ({"q": "billing.tasks"}, 1),
        ({"q": "team spring"}, 2),
        ({"q": "' | ! & <-> :* \\"}, 0),
        ({"q": "x" * 5000}, 0),
        ({"q": "team " * 500}, 3),
        ({"q": "   "}, 4),
    ],
)
def test_it_is_searched_and_filtered(admin, story, query, found):
    assert len(listed(admin, **query)) == found


def moved_to(day: str) -> None:
    """Only a session that may change the schema moves an entry in time."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_auditentry DISABLE TRIGGER audit_log_is_append_only")
        cursor.execute("UPDATE billing_auditentry SET at = %s", [day])


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2026-03-01 23:59:59.999999+00", 0),
        ("2026-03-02 00:00+00", 1),
        ("2026-03-03 23:59:59.999999+00", 1),
        ("2026-03-04 00:00+00", 0),
    ],
)
def test_days_are_whole_from_the_first_to_the_last(admin, at, found):
    PlanFactory()
    moved_to(at)
    assert len(listed(admin, **{"from": "2026-03-02", "until": "2026-03-03"})) == found


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "' OR 1=1"])
def test_a_day_that_does_not_exist_leads_back_to_the_whole_list(admin, story, day):
    response = admin.get(INDEX, {"until": day}, follow=True)
    assert response.redirect_chain == [(INDEX, 302)]


def test_the_filters_are_written_into_and_keep_each_other(admin, story):
    content = admin.get(INDEX, {"who": "bob", "from": "2000-01-01", "kind": "feature"}).content.decode()
    assert '<input type="date" name="from" value="2000-01-01">' in content
    assert content.count('<input type="hidden" name="kind" value="feature">') == 3
    assert content.count('<input type="hidden" name="who" value="bob">') == 2
    assert "who=bob%40example.com" in content
    assert "Nobody with such an address" in admin.get(INDEX, {"who": "zoe"}).content.decode()


def test_people_are_found_by_the_beginning_of_their_address_however_many_there_are(
    db, django_assert_num_queries
):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_auditentry (at, kind, row_id, label, operation, user_email, why, origin, "
            "place, transaction) SELECT now(), 'plan', '', '', 'update', "
            "(ARRAY['ann', 'bea', 'b.e.a', 'cid'])[1 + n % 4] || n || '@example.com', '', 'admin', '', 0 "
            "FROM generate_series(1, 4000) n"
        )
    with django_assert_num_queries(1):
        found = people("bea")
    assert len(found) == MOST_PEOPLE
    assert all(address.startswith("bea") for address in found)
    assert people("cid3999") == ["cid3999@example.com"]
    assert people("cid3998") == []


def test_a_request_is_found_by_its_number_with_all_that_it_changed(admin):
    plan = PlanVersionFactory(plan__is_public=False).plan
    answer = admin.post(reverse("billing_plans_modeladmin_move", args=[plan.pk]))
    number = answer["X-Request-ID"]
    found = listed(admin, q=number)
    assert [entry.request_id for entry in found] == [number]
    inspected = admin.get(reverse("billing_audit-log_modeladmin_inspect", args=[found[0].pk]))
    assert f"request_id__exact={number}" in inspected.content.decode()
    assert listed(admin, request_id__exact=number) == found
    assert listed(admin, q="0" * 20) == []


def test_the_list_says_what_changed_who_and_why(admin, story):
    content = admin.get(INDEX).content.decode()
    for words in ("Plan <b>Team</b>", "tagline", "ada@example.com", "Spring sale", "A job"):
        assert words in content


def test_both_sides_stand_beside_each_other(admin, story):
    changed = AuditEntry.objects.get(after={"tagline": "For teams"})
    response = admin.get(reverse("billing_audit-log_modeladmin_inspect", args=[changed.pk]))
    assert [(line.field, line.before, line.after) for line in response.context["lines"]] == [
        ("tagline", "", "For teams")
    ]
    same_row = listed(admin, kind="plan", row_id__exact=str(story.pk))
    assert len(same_row) == 3
    assert f"row_id__exact={story.pk}" in response.content.decode()


def test_an_entry_of_a_row_that_is_gone_can_still_be_read(admin, story):
    story.delete()
    entry = AuditEntry.objects.latest("id")
    response = admin.get(reverse("billing_audit-log_modeladmin_inspect", args=[entry.pk]))
    assert "Team" in response.content.decode()


def test_it_is_exported_with_both_sides(admin, story):
    response = admin.get(INDEX, {"export": "csv", "kind": "feature"})
    heading, row = b"".join(response.streaming_content).decode().strip().splitlines()
    assert "Before" in heading
    assert "'key': 'exports'" in row or json.dumps({"key": "exports"})[1:-1] in row


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"who": "bob"}, 1),
        ({"q": "spring"}, 2),
        ({"from": "2000-01-01", "kind": "plan"}, 3),
        ({"q": "zzz"}, 0),
    ],
)
def test_what_the_filters_leave_is_what_is_exported(admin, story, kind, query, rows):
    response = admin.get(INDEX, {"export": kind, **query})
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if kind == "csv":
        assert len(list(csv.reader(io.StringIO(content.decode())))) == rows + 1
    else:
        assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == rows + 1


def test_an_export_of_a_search_goes_on_where_the_list_ends(admin, monkeypatch):
    monkeypatch.setattr("billing.audits.admin.COUNTED", 5)
    fill(30)
    assert len(listed(admin, q="row")) == 5
    response = admin.get(INDEX, {"export": "csv", "q": "row"})
    assert len(b"".join(response.streaming_content).decode().strip().splitlines()) == 31


def test_nobody_changes_an_entry_through_the_admin(admin, story):
    entry = AuditEntry.objects.latest("id")
    for action in ("edit", "delete"):
        url = reverse(f"billing_audit-log_modeladmin_{action}", args=[entry.pk])
        assert admin.post(url).url == reverse("billing_audit-log_modeladmin_index")
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


QUERIES = [
    {},
    {"kind": "grant"},
    {"by": "person"},
    {"by": "nobody"},
    {"origin__exact": "job"},
    {"user_email__exact": "ada@example.com"},
    {"kind": "plan", "row_id__exact": "4002"},
    {"from": "2026-01-01", "until": "2026-01-02"},
    {"from": "2026-01-01"},
    {"who": "ada"},
    {"q": "0123456789abcdef0123"},
    {"request_id__exact": "0123456789abcdef0123"},
    {"q": "4711"},
    {"p": "200"},
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_long_log_is_never_read_as_a_whole(admin, query):
    """What half or a third of the entries have in common is counted by reading two or three times as many."""
    fill(60_000)
    with CaptureQueriesContext(connection) as queries:
        response = admin.get(INDEX, query)
    assert response.status_code == 200
    assert response.context["result_count"] <= COUNTED
    asked = [entry["sql"] for entry in queries if "billing_auditentry" in entry["sql"]]
    assert asked
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0][0]["Plan"]
        assert most_rows(plan) <= 3.2 * COUNTED, sql


def test_what_a_closed_account_did_is_found_without_reading_the_log(db):
    fill(60_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT user_email FROM billing_auditentry WHERE user_id = -1"
        )
        plan = cursor.fetchone()[0][0]["Plan"]
    assert most_rows(plan) == 0


def most_rows(plan: dict) -> int:
    """The most rows that one step of a plan touched."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return max([int(own), *(most_rows(step) for step in plan.get("Plans", []))])


def test_the_kinds_are_found_without_reading_the_log(db, django_assert_num_queries):
    fill(3000)
    with django_assert_num_queries(1):
        assert kinds() == ["grant", "plan", "price"]


def test_a_page_costs_as_many_queries_for_ten_entries_as_for_a_thousand(admin):
    counts = []
    for size in (10, 1000):
        fill(size)
        admin.get(INDEX)
        with CaptureQueriesContext(connection) as queries:
            admin.get(INDEX)
        counts.append(len(queries))
    assert counts[0] == counts[1]
