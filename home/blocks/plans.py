"""The table of plans, wherever an editor wants it."""

from wagtail import blocks


class PricingTableBlock(blocks.StructBlock):
    """The plans as they are sold now."""

    heading = blocks.CharBlock(max_length=120, required=False)
    text = blocks.TextBlock(max_length=300, rows=2, required=False)

    class Meta:
        icon = "table"
        template = "home/blocks/pricing_table.html"
        description = "The plans on sale with their prices. It follows the catalog by itself."
        preview_value = {"heading": "Plans for every team"}
