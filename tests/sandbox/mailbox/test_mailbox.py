"""The mailbox catches real SMTP, shows it safely, and survives what people and attackers send."""

import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from sandbox.mailbox.client import Mailbox
from sandbox.mailbox.server import mailbox_server
from sandbox.mailbox.smtp import LARGEST_MAIL


def send_raw(mailbox: Mailbox, raw: bytes, to: str = "ada@example.com") -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as smtp:
        smtp.sendmail("site@example.com", [to], raw)


def send(mailbox: Mailbox, to: str, subject: str = "Hello", html: str = "") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "site@example.com", to, subject
    message.set_content("Read https://example.com/verify?key=a&b=c. Thanks")
    if html:
        message.add_alternative(html, subtype="html")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="bill.csv")
    send_raw(mailbox, message.as_bytes(), to)


def page(mailbox: Mailbox, path: str) -> tuple[str, dict[str, str]]:
    with urlopen(f"{mailbox.url}{path}", timeout=10) as answer:
        return answer.read().decode(), dict(answer.headers)


def test_django_delivers_to_it_over_smtp(smtp_mailbox: Mailbox) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host="127.0.0.1", port=smtp_mailbox.smtp_port)
    mail = EmailMultiAlternatives(
        "Grüße", "text", "a@example.com", ["ada@example.com"], connection=connection
    )
    mail.attach_alternative("<p>html</p>", "text/html")
    mail.send()

    assert smtp_mailbox.wait_for(to="ada@example.com", subject="Grüße")["html"].strip() == "<p>html</p>"


def test_mails_are_found_by_recipient_newest_first(smtp_mailbox: Mailbox) -> None:
    send(smtp_mailbox, "ada@example.com", "First")
    send(smtp_mailbox, "bob@example.com", "Other")
    send(smtp_mailbox, "ada@example.com", "Second")

    assert [mail["subject"] for mail in smtp_mailbox.messages("ADA@example.com")] == ["Second", "First"]


def test_links_and_attachments_are_listed(smtp_mailbox: Mailbox) -> None:
    send(smtp_mailbox, "ada@example.com")

    mail = smtp_mailbox.wait_for(to="ada@example.com")

    assert mail["links"] == ["https://example.com/verify?key=a&b=c"]
    assert mail["attachments"] == ["bill.csv"]
    body, headers = page(smtp_mailbox, f"/messages/{mail['id']}/attachments/0")
    assert body == "a,b\n"
    assert headers["Content-Disposition"].startswith("attachment")


def test_html_is_shown_where_its_scripts_cannot_run(smtp_mailbox: Mailbox) -> None:
    send(
        smtp_mailbox, "ada@example.com", "Hi", "<script>alert(1)</script><a href='https://example.com'>x</a>"
    )
    number = smtp_mailbox.wait_for(to="ada@example.com")["id"]

    outer, headers = page(smtp_mailbox, f"/messages/{number}")
    inner, inner_headers = page(smtp_mailbox, f"/messages/{number}/html")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in outer
    assert "<script>alert" not in outer
    assert '<base target="_blank">' in inner
    assert inner_headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in inner_headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe no headers at all",
        b"Subject: =?utf-8?b?not base64?=\r\nContent-Type: text/plain; charset=klingon\r\n\r\nnuqneH \xff",
        b"From: <<<@@>>>\r\nTo: \xff\xff\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Disposition: a;;;=\r\n\r\nunclosed",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
        ),
    ],
    ids=["empty", "binary", "charset", "addresses", "unclosed", "base64", "nested"],
)
def test_a_malformed_mail_is_kept_and_shown(smtp_mailbox: Mailbox, raw: bytes) -> None:
    send_raw(smtp_mailbox, raw)

    number = smtp_mailbox.wait_for(to="ada@example.com")["id"]

    for view in ("html", "text", "source"):
        assert "Mailbox" in page(smtp_mailbox, f"/messages/{number}?view={view}")[0]


def test_a_mail_over_the_limit_is_refused_and_the_next_one_taken(smtp_mailbox: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPException):
        send_raw(smtp_mailbox, b"Subject: big\r\n\r\n" + b"x" * 70 * 1 + b"\r\n" * (LARGEST_MAIL // 2 + 1))
    send(smtp_mailbox, "ada@example.com", "small")

    assert [mail["subject"] for mail in smtp_mailbox.messages()] == ["small"]


def test_a_connection_dropped_half_way_leaves_nothing(smtp_mailbox: Mailbox) -> None:
    with socket.create_connection(("127.0.0.1", smtp_mailbox.smtp_port)) as half:
        half.sendall(b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<a@b.c>\r\nDATA\r\nSubject: half")

    assert smtp_mailbox.messages() == []


def test_delete_all_deletes_all(smtp_mailbox: Mailbox) -> None:
    send(smtp_mailbox, "ada@example.com")

    urlopen(Request(f"{smtp_mailbox.url}/delete", method="POST"), timeout=10).close()

    assert smtp_mailbox.messages() == []
    assert "No mail yet" in page(smtp_mailbox, "/")[0]


@pytest.mark.parametrize(
    ("header", "value", "method", "path"),
    [
        ("Sec-Fetch-Site", "cross-site", "POST", "/delete"),
        ("Sec-Fetch-Site", "cross-site", "DELETE", "/api/messages"),
        ("Host", "evil.example", "GET", "/api/messages"),
    ],
)
def test_other_web_sites_can_neither_read_nor_delete(
    smtp_mailbox: Mailbox, header: str, value: str, method: str, path: str
) -> None:
    send(smtp_mailbox, "ada@example.com")
    request = Request(f"{smtp_mailbox.url}{path}", method=method, headers={header: value})

    with pytest.raises(HTTPError):
        urlopen(request, timeout=10)

    assert len(smtp_mailbox.messages()) == 1


def test_mails_survive_a_restart(tmp_path: Path) -> None:
    with mailbox_server(tmp_path / "mail.sqlite3") as first:
        send(first, "ada@example.com", "Kept")
    with mailbox_server(tmp_path / "mail.sqlite3") as second:
        assert [mail["subject"] for mail in second.messages()] == ["Kept"]
