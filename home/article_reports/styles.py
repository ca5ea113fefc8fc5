"""How a report looks: the site's fonts and colours, on A4."""

from functools import cache
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"
PAGE = A4
MARGIN = 24 * mm
WIDTH, HEIGHT = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN - 6 * mm

INK = HexColor("#14212b")
SOFT = HexColor("#53626e")
LINE = HexColor("#cfd8de")
SUNKEN = HexColor("#f1f4f6")
ACCENT = HexColor("#c8472f")

FILES = {
    "Text": "Inter_400Regular.ttf",
    "Text-Bold": "Inter_700Bold.ttf",
    "Text-Italic": "Inter_400Regular_Italic.ttf",
    "Display": "BricolageGrotesque_700Bold.ttf",
    "Mono": "JetBrainsMono_400Regular.ttf",
}


@cache
def ensure_fonts() -> None:
    """Have the fonts read, once in each process."""
    for name, file in FILES.items():
        registerFont(TTFont(name, FONTS / file))
    registerFontFamily("Text", normal="Text", bold="Text-Bold", italic="Text-Italic", boldItalic="Text-Bold")
    for name in ("Display", "Mono"):
        registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)


def _style(name: str, size: float, leading: float, **more: object) -> ParagraphStyle:
    options: dict[str, object] = {"fontName": "Text", "textColor": INK, **more}
    return ParagraphStyle(name, fontSize=size, leading=leading, **options)


BODY = _style("body", 10.5, 16, spaceAfter=8, allowWidows=0, allowOrphans=0)
ITEM = _style("item", 10.5, 16, spaceAfter=3)
QUOTE = _style(
    "quote", 11.5, 18, leftIndent=14, spaceBefore=4, spaceAfter=10, fontName="Text-Italic", textColor=SOFT
)
HEADINGS = {
    1: _style("heading 1", 17, 21, fontName="Display", spaceBefore=16, spaceAfter=7, keepWithNext=1),
    2: _style("heading 2", 13, 17, fontName="Text-Bold", spaceBefore=12, spaceAfter=5, keepWithNext=1),
    3: _style("heading 3", 11, 15, fontName="Text-Bold", spaceBefore=9, spaceAfter=4, keepWithNext=1),
}
CODE = _style(
    "code", 8, 12, fontName="Mono", backColor=SUNKEN, borderPadding=8, spaceBefore=10, spaceAfter=16
)
LABEL = _style("label", 8.5, 12, textColor=SOFT, spaceBefore=6, spaceAfter=2, keepWithNext=1)
CAPTION = _style("caption", 8.5, 12, textColor=SOFT, spaceBefore=4, spaceAfter=12)
MISSING = _style(
    "missing", 9.5, 14, textColor=SOFT, backColor=SUNKEN, borderPadding=10, spaceBefore=10, spaceAfter=16
)
EYEBROW = _style("eyebrow", 9, 12, fontName="Text-Bold", textColor=ACCENT, spaceAfter=10)
TITLE = _style("title", 28, 32, fontName="Display", spaceAfter=10)
LEAD = _style("lead", 13, 20, textColor=SOFT, spaceAfter=10)
BYLINE = _style("byline", 9.5, 14, textColor=SOFT, spaceAfter=14)
FIGURE = _style("figure", 17, 21, fontName="Display")
FIGURE_NAME = _style("figure name", 8.5, 12, textColor=SOFT)
CONTENTS_TITLE = _style("contents", 13, 17, fontName="Text-Bold", spaceBefore=16, spaceAfter=6)
CONTENTS = [
    _style("contents 1", 10, 15),
    _style("contents 2", 9.5, 13, leftIndent=14, textColor=SOFT),
    _style("contents 3", 9, 13, leftIndent=28, textColor=SOFT),
]
SMALL = _style("small", 8.5, 13, textColor=SOFT, spaceBefore=8)
