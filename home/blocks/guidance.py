"""Blocks that explain: questions and answers, and steps."""

from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from home.blocks.text import INLINE_FEATURES


class QuestionBlock(blocks.StructBlock):
    """A question and its answer."""

    question = blocks.CharBlock(max_length=200)
    answer = blocks.RichTextBlock(features=[*INLINE_FEATURES, "ol", "ul"])

    class Meta:
        icon = "help"


class FaqBlock(blocks.StructBlock):
    """Frequent questions, folded until asked."""

    heading = blocks.CharBlock(max_length=120, required=False)
    items = blocks.ListBlock(QuestionBlock(), min_num=1, max_num=30)

    class Meta:
        icon = "help"
        label = "Questions"
        template = "home/blocks/faq.html"
        description = "Questions that open to show their answers. Search engines read them too."
        preview_value = {
            "heading": "Frequent questions",
            "items": [
                {"question": "Can I cancel at any time?", "answer": "<p>Yes, with one click.</p>"},
                {"question": "Is there a free plan?", "answer": "<p>Yes, for as long as you like.</p>"},
            ],
        }


class StepBlock(blocks.StructBlock):
    """One step."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=[*INLINE_FEATURES, "ol", "ul"])
    image = ImageBlock(required=False)

    class Meta:
        icon = "list-ol"


class StepsBlock(blocks.StructBlock):
    """What to do, one thing after the other."""

    heading = blocks.CharBlock(max_length=120, required=False)
    items = blocks.ListBlock(StepBlock(), min_num=1, max_num=20)

    class Meta:
        icon = "list-ol"
        template = "home/blocks/steps.html"
        description = "Numbered steps, each with a picture if it helps."
        preview_value = {
            "heading": "How it works",
            "items": [
                {"title": "Sign up", "text": "<p>An e-mail address is all we ask for.</p>"},
                {"title": "Choose a plan", "text": "<p>Start free, change later.</p>"},
            ],
        }
