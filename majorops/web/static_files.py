"""Styles and scripts: written in parts, served as one file each, compressed and under a name made of its content.

There is no build step but `collectstatic`: script/bootstrap and the image run it.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = ("css/majorops.css", "js/majorops.js", "js/draft.js")
IMPORT = re.compile(r"""^@?import "(?:\./)?([\w-]+\.\w+)";$""", re.MULTILINE)
# A quarter of what a browser would fetch, and nothing to it: no text of these files goes over several lines.
FOR_READERS = re.compile(r"^[ \t]*(?://.*|/\*[^*]*\*/)\n|^[ \t]+", re.MULTILINE)


class Bundles:
    """A storage to read from, in which the files that are imported stand in the place of the imports."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def open(self, path: str) -> "ContentFile[bytes]":
        """The content of the file at `path`, the files beside it that it imports included, without indents and lines
        of comment."""
        folder = path.rpartition("/")[0]
        text = IMPORT.sub(lambda part: self._text(f"{folder}/{part[1]}"), self._text(path))
        return ContentFile(FOR_READERS.sub("", text).encode())

    def _text(self, path: str) -> str:
        with self.storage.open(path) as file:
            return str(file.read().decode())


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files, with `BUNDLES` in one piece.

    Where nothing was collected, as in most tests, every file has its plain name and is served from where it is written.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Called by `collectstatic` with the storage and the path of each file."""
        bundles = {name: (Bundles(paths[name][0]), paths[name][1]) for name in BUNDLES}
        yield from super().post_process({**paths, **bundles}, dry_run=dry_run, **options)

    def stored_name(self, name: str) -> str:
        """The hashed name of a file that was collected, else its own."""
        return str(super().stored_name(name)) if name in self.hashed_files else name
