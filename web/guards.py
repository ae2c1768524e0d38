"""What a browser may do with each of our pages: its policy, and the headers that go with it."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256

# What every policy ends with: nothing may frame the page, rebase its links or take its forms.
_CLOSED = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

# The editor writes <style> elements and style="" attributes as it draws, hence 'unsafe-inline' for
# styles. Scripts and workers come from our own files only.
EXPLORER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    f"worker-src 'self'; img-src 'self' data:; font-src 'self' data:; {_CLOSED}"
)


def page_policy(issuers: Iterable[str] = ()) -> str:
    """Of the page for people: files of our own, no style or script in the page itself, and talk
    with nobody but us and the origins of these issuers, where one signs in."""
    connect = " ".join(["'self'", *sorted(set(issuers))])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"connect-src {connect}; img-src 'self' data:; font-src 'self'; {_CLOSED}"
    )


def policy_of_inline_parts(html: str) -> str:
    """Allow exactly the script and the style that stand in the page, by their hashes."""

    def hashes(tag: str) -> str:
        parts = re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        digests = (b64encode(sha256(part.encode()).digest()).decode() for part in parts)
        return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"

    return (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')}; "
        f"connect-src 'self'; img-src data:; {_CLOSED}"
    )


def guards(policy: str) -> dict[str, str]:
    """The headers of a page, or of a file of it, under this policy."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
