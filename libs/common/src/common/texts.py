"""What people may write: text of which everything can be seen, without the blanks around it."""

import re
from dataclasses import dataclass

_HIDDEN = r"\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""Characters that show nothing, or turn around what stands beside them.

The joiners U+200C and U+200D are none of them: scripts and pictures are written with them.
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """A way to write.

    Args:
        hidden: the characters a text may not hold, as the inside of a class in a pattern.
    """

    hidden: str

    def hides(self, text: str) -> bool:
        """Whether ``text``, without the blanks around it, holds what cannot be seen."""
        return re.search(f"[{self.hidden}]", text.strip()) is not None

    def pattern(self, *, may_be_empty: bool) -> str:
        """What a text fulfils before the blanks around it are dropped, as JSON Schema writes patterns."""
        told = rf"[^\s{self.hidden}][^{self.hidden}]*\s*"
        return rf"^\s*({told})?$" if may_be_empty else rf"^\s*{told}$"


LINE = Writing(rf"\x00-\x1f{_HIDDEN}")
"""A name, a number, a title: one line."""

PROSE = Writing(rf"\x00-\x08\x0b\x0c\x0e-\x1f{_HIDDEN}")
"""A description, an address: as many lines as it takes."""
