"""Contesting a dispute: evidence goes to Stripe, and that it went there is a fact of ours."""

import hashlib
from collections.abc import Mapping

from mywork.application.commands import envelope
from mywork.application.handle import Handler
from mywork.application.ports.clock import Clock
from mywork.application.ports.payments import Payments
from mywork.domain.errors import TextInvalid
from mywork.domain.identifiers import DisputeId, OrderId, UserId
from mywork.domain.order.decider import ORDER
from mywork.domain.order.dispute_decisions import check_evidence
from mywork.domain.order.dispute_messages import SubmitEvidence
from mywork.domain.streams import order_stream

# What a bank reads, of Stripe's evidence fields: texts, no files.
EVIDENCE_FIELDS = frozenset(
    {
        "access_activity_log",
        "cancellation_policy_disclosure",
        "cancellation_rebuttal",
        "customer_email_address",
        "customer_name",
        "customer_purchase_ip",
        "duplicate_charge_explanation",
        "product_description",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
        "service_date",
        "uncategorized_text",
    }
)
LONGEST_EVIDENCE = 20_000  # characters of all texts together; Stripe takes 150,000


class Disputing:
    def __init__(self, handler: Handler, payments: Payments, clock: Clock) -> None:
        self._handler = handler
        self._payments = payments
        self._clock = clock

    def submit_evidence(
        self,
        order_id: OrderId,
        dispute_id: DisputeId,
        actor: UserId,
        *,
        evidence: Mapping[str, str],
        final: bool,
    ) -> int:
        """Hand texts to the bank; `final` ends the contest. Returns the event's position.

        The words go to Stripe and are kept nowhere else. Sending the same again is safe.
        """
        _check(evidence)
        state = self._handler.state(ORDER, order_stream(order_id))
        check_evidence(state, dispute_id, self._clock.now())
        key = _key(dispute_id, evidence, final=final)
        self._payments.submit_evidence(dispute_id, evidence, final=final, idempotency_key=key)
        command = SubmitEvidence(
            order_id=order_id,
            dispute_id=dispute_id,
            fields=tuple(sorted(evidence)),
            final=final,
            at=self._clock.now(),
        )
        return self._handler.handle(envelope(command, actor=actor, command_id=key)).position


def _check(evidence: Mapping[str, str]) -> None:
    unknown = sorted(set(evidence) - EVIDENCE_FIELDS)
    if unknown or not evidence:
        raise TextInvalid(
            f"{unknown[0] if unknown else 'nothing'} is no evidence; "
            f"say one or more of {', '.join(sorted(EVIDENCE_FIELDS))}"
        )
    if sum(map(len, evidence.values())) > LONGEST_EVIDENCE:
        raise TextInvalid(f"the evidence has more than {LONGEST_EVIDENCE:,} characters in all")


def _key(dispute_id: DisputeId, evidence: Mapping[str, str], *, final: bool) -> str:
    said = repr((sorted(evidence.items()), final)).encode()
    return f"evidence:{dispute_id}:{hashlib.sha256(said).hexdigest()[:32]}"
