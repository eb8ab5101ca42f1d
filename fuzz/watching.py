"""Which libraries guide the fuzzer beside our own code; apart from the targets, since those import them."""

WATCHED: dict[str, tuple[str, ...]] = {
    "feeds": ("feedparser",),
    "html": ("trafilatura",),
    "markdown": ("markdown_it",),
    "warc": ("warcio",),
    "robots": ("protego",),
    "rules": ("tomllib",),
}
