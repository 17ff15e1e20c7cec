"""The history for auditors: records as they are stored, signed heads, keys, proofs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from mywork.documents.document import Currency, Document, Moment, moment
from mywork.documents.examples import ORDER_ID
from mywork.ledger.proof import heads, proofs, records

Digest = Annotated[
    str, Meta(title="Digest", description="SHA-256, hexadecimal.", pattern="^[0-9a-f]{64}$")
]
Recorded = Annotated[
    str,
    Meta(
        title="Recorded",
        description="A time as it is hashed: in UTC, with six digits of a second.",
        extra_json_schema={"format": "date-time"},
    ),
]
_DIGEST = "be5e0e3bd2d9ed9c5b0cf4d93ea15ea2a4e1b41fc4ad0fe8e3e7d7cf3d8c9c11"


class RecordedPosting(Document):
    """A line of an entry; `amount_minor` is positive where it is debited."""

    account: str
    currency: Currency
    amount_minor: int
    object_id: str


RECORDED_POSTING = RecordedPosting(
    account="stripe:uncleared", currency="USD", amount_minor=29_900, object_id="ch_1abc"
)


class RecordedEntry(Document):
    """What an event posted."""

    effective_at: Recorded
    booked_at: Recorded
    period: str
    postings: tuple[RecordedPosting, ...]


RECORDED_ENTRY = RecordedEntry(
    effective_at="2026-11-10T12:01:00.000000Z",
    booked_at="2026-11-10T12:01:02.000000Z",
    period="2026-11",
    postings=(RECORDED_POSTING,),
)


class Record(Document):
    """An event, as it is archived. `state` is the stored text, byte for byte; `leaf` is the hash
    that the tree has of the event."""

    position: int
    name: str
    stream: str
    version: int
    recorded_at: Recorded
    effective_at: Recorded
    state: str
    entry: RecordedEntry | None
    leaf: Digest


RECORD = Record(
    position=42,
    name="order.paid.v1",
    stream=f"order-{ORDER_ID}",
    version=3,
    recorded_at="2026-11-10T12:01:02.000000Z",
    effective_at="2026-11-10T12:01:00.000000Z",
    state='{"data":{},"meta":{}}',
    entry=RECORDED_ENTRY,
    leaf=_DIGEST,
)


class Records(Document):
    """Events in the order of commitment. The next ones are behind `next_after`, null at the end."""

    data: tuple[Record, ...]
    next_after: int | None


RECORDS = Records(data=(RECORD,), next_after=42)


class SignedHead(Document):
    """What we signed: the first `size` events have this root. `note` is the signed text."""

    size: int
    root: Digest
    signed_at: Moment
    key_number: int
    note: str


SIGNED_HEAD = SignedHead(
    size=1000,
    root=_DIGEST,
    signed_at=datetime(2026, 11, 10, 13, tzinfo=UTC),
    key_number=1,
    note="pay.example.com/history\n1000\n...",
)


class SignedHeads(Document):
    """Heads, the smallest first. The next ones are behind `next_after`, null at the end."""

    data: tuple[SignedHead, ...]
    next_after: int | None


SIGNED_HEADS = SignedHeads(data=(SIGNED_HEAD,), next_after=1000)


class SigningKey(Document):
    """A public key in its order of use; it signs heads larger than `from_size`."""

    number: int
    verifier_key: str
    from_size: int
    since: Moment
    note: str


SIGNING_KEY = SigningKey(
    number=1,
    verifier_key="pay.example.com/history+c74f20a3+ARpc2Q...",
    from_size=0,
    since=datetime(2026, 11, 10, 12, tzinfo=UTC),
    note="pay.example.com/history signing key\n1\n...",
)


class SigningKeys(Document):
    """Every key that ever signed, the one in use last."""

    data: tuple[SigningKey, ...]


SIGNING_KEYS = SigningKeys(data=(SIGNING_KEY,))


class InclusionProof(Document):
    """RFC 9162, section 2.1.3: these hashes lead from the record's leaf to the head's root."""

    record: Record
    proof: tuple[Digest, ...]
    head: SignedHead


INCLUSION_PROOF = InclusionProof(record=RECORD, proof=(_DIGEST,), head=SIGNED_HEAD)


class ConsistencyProof(Document, rename={"before": "from", "after": "to"}):
    """RFC 9162, section 2.1.4: the earlier history is the beginning of the later one."""

    before: SignedHead
    after: SignedHead
    proof: tuple[Digest, ...]


CONSISTENCY_PROOF = ConsistencyProof(before=SIGNED_HEAD, after=SIGNED_HEAD, proof=(_DIGEST,))


def records_of(found: Sequence[records.Record], next_after: int | None) -> Records:
    return Records(data=tuple(_record(record) for record in found), next_after=next_after)


def heads_of(found: Sequence[heads.Head], next_after: int | None = None) -> SignedHeads:
    return SignedHeads(data=tuple(_head(head) for head in found), next_after=next_after)


def keys_of(found: Sequence[heads.SigningKey]) -> SigningKeys:
    return SigningKeys(
        data=tuple(
            SigningKey(
                number=key.number,
                verifier_key=key.verifier_key,
                from_size=key.from_size,
                since=moment(key.since),
                note=key.note,
            )
            for key in found
        )
    )


def inclusion_of(found: proofs.Inclusion) -> InclusionProof:
    return InclusionProof(
        record=_record(found.record), proof=_hashes(found.hashes), head=_head(found.head)
    )


def consistency_of(found: proofs.Consistency) -> ConsistencyProof:
    return ConsistencyProof(
        before=_head(found.before), after=_head(found.after), proof=_hashes(found.hashes)
    )


def _record(found: records.Record) -> Record:
    return msgspec.convert(found, Record)


def _head(head: heads.Head) -> SignedHead:
    return SignedHead(
        size=head.size,
        root=head.root.hex(),
        signed_at=moment(head.signed_at),
        key_number=head.key_number,
        note=head.note,
    )


def _hashes(found: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(item.hex() for item in found)
