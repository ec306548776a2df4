"""Path segments of our own: slugs, so that a verb after a colon is never read as part of an id."""

from starlette.convertors import Convertor, register_url_convertor


class SlugConvertor(Convertor[str]):
    """Lower-case letters, digits and hyphens."""

    regex = "[a-z0-9][a-z0-9-]{0,63}"

    def convert(self, value: str) -> str:
        """The slug itself."""
        return value

    def to_string(self, value: str) -> str:
        """The slug itself."""
        return value


class CodeConvertor(SlugConvertor):
    """A vocabulary's name or code: lower-case letters, digits and underscores."""

    regex = "[a-z][a-z0-9_]{0,63}"


def register() -> None:
    """Make ``{x:slug}`` and ``{x:code}`` known to the router."""
    register_url_convertor("slug", SlugConvertor())
    register_url_convertor("code", CodeConvertor())
