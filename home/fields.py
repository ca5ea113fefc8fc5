"""The StreamField whose blocks stay out of migrations: a new block never needs one."""

from typing import Any

from django.db import models
from wagtail.blocks import StreamBlock
from wagtail.fields import StreamField as WagtailStreamField


class StreamField(WagtailStreamField):
    """A StreamField that migrations see without its blocks, so that a new block needs no migration."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> Any:
        """Name, path and options, never the blocks."""
        name, path, _args, kwargs = models.Field.deconstruct(self)
        return name, path, [], kwargs

    def to_python(self, value: Any) -> Any:
        """In a migration, where no block is known, hand the stored JSON through so that saving keeps it."""
        return super().to_python(value) if self._knows_blocks else value

    def get_prep_value(self, value: Any) -> Any:
        """The way back of ``to_python``."""
        return super().get_prep_value(value) if self._knows_blocks else value

    @property
    def _knows_blocks(self) -> bool:
        return isinstance(self.block_types_arg, StreamBlock | type) or bool(self.block_types_arg)
