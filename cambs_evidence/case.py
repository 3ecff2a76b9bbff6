"""The door: an open case and everything that can be done to it.

Every window and every command comes through here. The door delegates; a room does the work.
Changes return the :class:`Change` whose exact inverse :meth:`Case.revert` carries out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cambs_evidence import apart
from cambs_evidence.audit import bundle
from cambs_evidence.counts import tallied
from cambs_evidence.documents.intake import digest
from cambs_evidence.framework import mending, moving
from cambs_evidence.mapping import coverage as mapping
from cambs_evidence.model import (
    ExportResult,
    Framework,
    Limits,
    PackOptions,
    PackPreview,
    PackResult,
    Problem,
    Progress,
    Proposal,
    RowChange,
    Verification,
)
from cambs_evidence.pack import part
from cambs_evidence.review import Exported, Merging
from cambs_evidence.store import (
    adopting,
    log,
    reading,
    soundness,
)
from cambs_evidence.store.engine import create, open_store

if TYPE_CHECKING:
    from cambs_evidence.pack.contents import Contents
    from cambs_evidence.pack.manifest import Source
    from cambs_evidence.pack.material import Material
    from cambs_evidence.pack.verdict import Found
from cambs_evidence.door.frameworks import Frameworks
from cambs_evidence.door.judging import Judging
from cambs_evidence.door.review import Reviewing
from cambs_evidence.door.suggesting import Suggesting


class Case(Reviewing, Suggesting, Judging, Frameworks):
    """An open case."""

    @staticmethod
    def create(
        path: Path, *, by: str, title: str | None = None, framework: Proposal | None = None
    ) -> Case:
        """Makes a case with the bundled framework, or with one that was read from a document.

        Refuses a name that is taken; raises WordsOff for a framework that cannot be taken.
        """
        rows = adopting.first_rows(framework and mending.checked(framework))
        store = create(path)
        try:
            named = (title or "").strip() or path.stem
            rows.insert(0, RowChange("fact", "title", None, {"id": "title", "value": named}))
            store.commit(by, "make case", named, rows)
        except BaseException:
            store.close()
            path.unlink(missing_ok=True)
            raise
        return Case(store, by)

    @staticmethod
    def open(path: Path, *, by: str, readonly: bool = False, patience: float = 5.0) -> Case:
        """Opens a case, or a file for review once all that it holds is proved.

        See :func:`cambs_evidence.store.engine.open_store` for refusals.
        """
        store = open_store(path, readonly=readonly, patience=patience)
        try:
            if store.review:
                bundle.prove(store)
        except BaseException:
            store.close()
            raise
        return Case(store, by)

    def close(self) -> None:
        """Takes out for good what was removed, folds the journal back, lets go of the file."""
        try:
            if not self._store.readonly and not self.review_mode:
                soundness.purge(self._store)
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- packs ---------------------------------------------------------------------------------

    def build_pack(
        self, path: Path, options: PackOptions, limits: Limits | None = None
    ) -> Iterator[Progress | PackResult]:
        """Builds the evidence pack; yields progress, and at last the result.

        Coverage is judged by the case's own limits, unless others are given. Raises Refused in a
        file for review, which does not hold the documents as they were received.
        """
        self._author_alone()
        from cambs_evidence.pack.build import build  # noqa: PLC0415 - reportlab is heavy

        limits = limits or self.limits()
        for each in build(self._material(limits), path, options, limits):
            if isinstance(each, PackResult):
                self._record(each, options)
            yield each

    def export_pack(
        self, path: Path, options: PackOptions
    ) -> Iterator[Progress | PackResult | None]:
        """Builds the evidence pack in a process of its own, by the case's own limits.

        Yields progress and at last the result, and None meanwhile, so that a window can stop it;
        raises as :func:`cambs_evidence.apart.run`. Stopped, it leaves nothing behind.
        """
        self._author_alone()
        path = path.absolute()
        if options.since_pack:
            options = replace(options, since_pack=str(Path(options.since_pack).absolute()))
        steps = apart.run(_build_pack, self.path.absolute(), self.by, path, options)
        with part.cleared(path), contextlib.closing(steps):
            for each in steps:
                if isinstance(each, PackResult):
                    self._record(each, options)
                yield each

    def preview_pack(
        self, folder: Path, options: PackOptions, *, whole: bool
    ) -> Iterator[Progress | PackPreview]:
        """Lays a pack out into a file of a folder, to be looked at; nothing is recorded.

        Yields progress and one preview or two, as :func:`cambs_evidence.pack.preview.preview` says.
        """
        self._author_alone()
        from cambs_evidence.pack.preview import preview  # noqa: PLC0415 - reportlab is heavy

        limits = self.limits()
        yield from preview(self._material(limits), folder, options, limits, whole=whole)

    def pack_contents(self, options: PackOptions, limits: Limits | None = None) -> Contents:
        """What a pack with these options would say, for a preview."""
        from cambs_evidence.pack.build import contents_of  # noqa: PLC0415

        limits = limits or self.limits()
        return contents_of(self._material(limits), options, limits)

    def export(
        self, path: Path, kind: str, options: PackOptions, limits: Limits | None = None
    ) -> Iterator[Progress | ExportResult]:
        """Writes the evidence in another format; yields progress, and at last the result.

        ``kind`` is one of :data:`cambs_evidence.wording.EXPORTS`; the options filter as those of a
        pack, the annex is nothing here. Raises WordsOff, Unwritable and Refused as
        :func:`cambs_evidence.exchange.build.export`.
        """
        from cambs_evidence.exchange.build import export  # noqa: PLC0415

        contents = self.pack_contents(replace(options, annex="none"), limits)
        yield from export(self._blob, contents, path, kind)

    def export_files(self, path: Path, kind: str) -> tuple[Path, ...]:
        """The files that an export of a kind writes."""
        from cambs_evidence.exchange.build import named  # noqa: PLC0415

        return named(path, kind)

    def export_apart(
        self, path: Path, kind: str, options: PackOptions
    ) -> Iterator[Progress | ExportResult | None]:
        """:meth:`export` in a process of its own; None meanwhile, so that a window can stop it.

        Stopped, it leaves nothing behind.
        """
        path = path.absolute()
        steps = apart.run(_export, self.path.absolute(), self.by, path, kind, options)
        with part.cleared(*self.export_files(path, kind)), contextlib.closing(steps):
            yield from steps

    def _material(self, limits: Limits) -> Material:
        from cambs_evidence.pack.contents import Said  # noqa: PLC0415
        from cambs_evidence.pack.material import Material  # noqa: PLC0415

        with self._store.reading() as connection:
            links = tuple(reading.links(connection))
            documents = tuple(reading.documents(connection, replaced=None))
            labels = reading.page_labels(connection)
            head = log.head(connection)
        now = [each for each in documents if each.replaced_by is None]
        return Material(
            facts=self.facts(),
            framework=self.framework(),
            links=links,
            documents=documents,
            coverage=mapping.coverage(self.framework(), tallied(links), now, self.facts(), limits),
            labels=labels,
            log_head=head,
            layers=self.some_layers,
            faces=self.faces,
            page_bytes=self.page_bytes,
            picture=self._blob,
            logged=self._logged,
            judgements=tuple(self.judgements()),
            actions=tuple(self.actions()),
            said=Said(tuple(self.reviews(links)), tuple(self.findings()), tuple(self.sign_offs())),
        )

    def _logged(self, entry: str) -> bool:
        with self._store.reading() as connection:
            return log.holds(connection, entry)

    def _record(self, result: PackResult, options: PackOptions) -> None:
        if self.readonly:
            return
        import json  # noqa: PLC0415
        import uuid  # noqa: PLC0415

        row: dict[str, object] = {
            "id": str(uuid.uuid4()),
            "at": log.now(),
            "by": self.by,
            "sha256": result.sha256,
            "pages": result.pages,
            "excerpts": result.excerpts,
            # Where a person keeps the earlier pack is nobody else's business.
            "options": json.dumps(
                asdict(options)
                | ({"since_pack": Path(options.since_pack).name} if options.since_pack else {})
            ),
        }
        with self._store.writing() as connection:
            self._store.carry_out(connection, [RowChange("pack", str(row["id"]), None, row)])

    def source_of(self, source: Source) -> Found:
        """The document that a pack's manifest names, for verifying."""
        from cambs_evidence.pack.verdict import Found  # noqa: PLC0415

        with self._store.reading() as connection:
            known = reading.documents(connection, counted=False, replaced=None)
        for document in known:
            if document.sha256 == source.sha256:
                data = self.document_bytes(document)
                kept = self._recognised(document)
                if digest(data) != document.sha256:
                    return Found("changed", data, self.page_bytes(document), kept, document)
                return Found("same", data, self.page_bytes(document), kept, document)
        for document in self.documents():
            if document.filename == source.filename:
                return Found(
                    "changed", self.document_bytes(document), self.page_bytes(document), {}
                )
        return Found("missing")

    # --- soundness -----------------------------------------------------------------------------

    def check(self) -> Iterator[Progress | Problem]:
        """Looks at storage, documents, anchors and log; yields progress and problems."""
        return soundness.check(self._store)

    def check_apart(self) -> Iterator[Progress | Problem | None]:
        """The same in a process of its own; None meanwhile, so that a window can stop it."""
        return apart.run(_check, self.path.absolute(), self.by)

    def backup(self, target: Path | None = None) -> Path:
        """Makes a verified copy; its path."""
        self._author_alone()
        return soundness.backup(self._store, target)


def export_review_apart(
    case: Path, target: Path, *, by: str, pages: str
) -> Iterator[Progress | Exported | None]:
    """:meth:`Case.review_export` in a process of its own; None meanwhile.

    Stopped, it leaves nothing behind.
    """
    target = target.absolute()
    steps = apart.run(_export_review, case.absolute(), target, by, pages)
    with part.cleared(target), contextlib.closing(steps):
        yield from steps


def _export_review(case: Path, target: Path, by: str, pages: str) -> Iterator[Progress | Exported]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.review_export(target, pages=pages)


def merging_apart(case: Path, other: Path, *, by: str) -> Iterator[Progress | Merging | None]:
    """:meth:`Case.merging` in a process of its own; None meanwhile."""
    return apart.run(_merging, case.absolute(), other.absolute(), by)


def _merging(case: Path, other: Path, by: str) -> Iterator[Progress | Merging]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield opened.merging(other)


def restore(source: Path, target: Path) -> Path:
    """Makes a case out of a backup, which is checked first."""
    return soundness.restore(source, target)


def read_framework(
    path: Path, *, known: Framework | None = None, password: str | None = None
) -> Iterator[Progress | Proposal | None]:
    """Reads a framework out of a self-assessment, in processes of its own; changes nothing.

    Yields progress, None meanwhile, and at last the proposal. Titles and labels are those of
    ``known`` (of the bundled framework without it) where the wording is the same. Raises Refused
    for a file that cannot be read, and for one that holds no framework.
    """
    from cambs_evidence.framework.reading import read_apart  # noqa: PLC0415

    return read_apart(path, known=known, password=password)


def as_framework(proposal: Proposal) -> Framework:
    """What was read, as the tree that a case would stand on which begins with it."""
    return moving.tree(proposal)


def verify_pack(
    pack: Path, *, by: str, case: Path | None = None, sources: Path | None = None
) -> Iterator[Progress | Verification]:
    """Verifies a pack against a case, or against the files of a folder; at last the result.

    With neither, the sources are sought in the folder that the pack lies in.
    """
    from cambs_evidence.pack import verify as proof  # noqa: PLC0415 - PDF libraries are heavy

    if case is None:
        yield from proof.verify(pack, proof.in_folder(sources or pack.absolute().parent), None)
        return
    with Case.open(case, by=by, readonly=True) as opened:
        links = {link.id: link for link in opened.evidence()}
        yield from proof.verify(pack, opened.source_of, links)


def verify_apart(
    pack: Path, *, by: str, case: Path | None = None, sources: Path | None = None
) -> Iterator[Progress | Verification | None]:
    """:func:`verify_pack` in a process of its own; None meanwhile, so that a window can stop it."""
    return apart.run(
        verify_pack,
        pack.absolute(),
        by=by,
        case=case and case.absolute(),
        sources=sources and sources.absolute(),
    )


def _build_pack(
    case: Path, by: str, path: Path, options: PackOptions
) -> Iterator[Progress | PackResult]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.build_pack(path, options)


def _export(
    case: Path, by: str, path: Path, kind: str, options: PackOptions
) -> Iterator[Progress | ExportResult]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.export(path, kind, options)


def _check(case: Path, by: str) -> Iterator[Progress | Problem]:
    with Case.open(case, by=by, readonly=True) as opened:
        yield from opened.check()
