"""``{% feature "key" %}…{% locked decision %}…{% endfeature %}``: what members see, and what others see."""

from decimal import Decimal

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context

from billing.credits.telling import credits_in_words as in_words
from billing.credits.telling import in_figures
from billing.entitlements.decisions import Decision, check
from billing.entitlements.words import Refusal, explain

register = template.Library()


class FeatureNode(Node):
    """Renders one of two branches; the other one is never rendered, so nothing of it can leak."""

    child_nodelists = ("opened", "closed")

    def __init__(self, key: FilterExpression, opened: NodeList, closed: NodeList, name: str) -> None:
        self.key = key
        self.opened = opened
        self.closed = closed
        self.name = name

    def render(self, context: Context) -> str:
        """The open branch for those who may see it, else the closed one with the decision under ``name``."""
        decision = check(_reader(context), self.key.resolve(context))
        if decision.allowed:
            return self.opened.render(context)
        with context.push(**{self.name: decision}):
            return self.closed.render(context)


@register.tag
def feature(parser: Parser, token: Token) -> FeatureNode:
    """``{% feature "csv_export" %}…{% locked %}…{% endfeature %}``; the locked part may be left out."""
    words = token.split_contents()
    if len(words) != 2:
        raise template.TemplateSyntaxError(
            'Write {% feature "key" %}: one key, in quotes or from a variable.'
        )
    key = parser.compile_filter(words[1])
    opened = parser.parse(("locked", "endfeature"))
    closing = parser.next_token().split_contents()
    if closing[0] == "endfeature":
        return FeatureNode(key, opened, NodeList(), "decision")
    closed = parser.parse(("endfeature",))
    parser.delete_first_token()
    return FeatureNode(key, opened, closed, closing[1] if len(closing) > 1 else "decision")


@register.simple_tag(takes_context=True)
def explain_refusal(context: Context, decision: Decision) -> Refusal:
    """The refusal in words: ``{% explain_refusal decision as refusal %}``."""
    request = context.get("request")
    return explain(decision, came_from=request.get_full_path() if request else "/")


def _reader(context: Context) -> AnonymousUser:
    request = context.get("request")
    user = getattr(request, "user", None) or context.get("user")
    return user or AnonymousUser()


@register.filter
def credits(amount: Decimal) -> str:  # noqa: A001  (what it is called in templates)
    """Credits as people read them: 1,234.5."""
    return in_figures(amount)


@register.filter
def credits_in_words(amount: Decimal) -> str:
    """The same with their name: 1 credit, 1.5 credits."""
    return in_words(amount)


@register.filter
def signed_credits(amount: Decimal) -> str:
    """The same for a change, which says its direction: +100, \u22122.5."""
    sign = "+" if amount > 0 else "\u2212" if amount < 0 else ""
    return sign + in_figures(abs(amount))
