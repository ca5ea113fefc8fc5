"""Writes a one-page PDF of positioned text, enough for an invoice, with nothing but the standard library."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842  # A4 in points


@dataclass(frozen=True)
class Text:
    """Words at a place: points from the left and from the top; `right` aligns their end there."""

    x: float
    y: float
    words: str
    size: int = 10
    bold: bool = False
    right: bool = False


def document(texts: list[Text], title: str) -> bytes:
    """The bytes of a PDF that shows the texts."""
    content = "".join(_draw(text) for text in texts).encode("cp1252", "replace")
    fonts = b"<< /Font << /F1 5 0 R /F2 6 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources %s >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page % (WIDTH, HEIGHT, fonts),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
        b"<< /Title (%s) >>" % _escaped(title).encode("cp1252", "replace"),
    ]
    return _assemble(objects)


def _draw(text: Text) -> str:
    font = "F2" if text.bold else "F1"
    # Helvetica's figures and capitals are about 0.556 of the size wide: near enough to align amounts.
    x = text.x - len(text.words) * text.size * 0.53 if text.right else text.x
    return f"BT /{font} {text.size} Tf {x:.1f} {HEIGHT - text.y:.1f} Td ({_escaped(text.words)}) Tj ET\n"


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").replace("\n", " ")


def _assemble(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % (len(objects) + 1, len(body))
