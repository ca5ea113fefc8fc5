"""Puts a table under audit: one line in a migration.

::

    operations = [audit("billing_creditlot", kind="credit lot", label="it.source_ref", ignore=["remaining"])]
"""

from collections.abc import Sequence

from django.db.migrations import RunSQL

ALL = "INSERT OR UPDATE OR DELETE"
CREATE = """
CREATE TRIGGER audit_rows AFTER {changes} ON {table}
FOR EACH ROW EXECUTE FUNCTION billing_audit({arguments});
CREATE TRIGGER audit_emptying AFTER TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION billing_audit({arguments});
"""
DROP = """
DROP TRIGGER audit_emptying ON {table};
DROP TRIGGER audit_rows ON {table};
"""


def audit(table: str, *, kind: str, label: str, ignore: Sequence[str] = (), changes: str = ALL) -> RunSQL:
    """Have every change of ``table``, by whatever way, written to the audit log.

    ``kind`` is what people call a row. ``label`` is an SQL expression that names it, in which the row is
    ``it``; it may be a SELECT in parentheses. Columns in ``ignore`` are noise: a change of nothing else makes
    no entry. Rows that the site makes by itself are known by ``changes`` without INSERT.
    """
    arguments = ", ".join(map(_literal, (kind, label, *ignore)))
    return RunSQL(CREATE.format(table=table, arguments=arguments, changes=changes), DROP.format(table=table))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
