"""What can be said against a dispute: Stripe's evidence fields, and its test texts."""

from mywork.sandbox.stripe.errors import Json, invalid

WINS, LOSES, ESCALATES = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"
LONGEST = 150_000  # characters of all fields together
TEXTS = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_tracking_number",
    "uncategorized_text",
)
FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)


def none() -> Json:
    return {**dict.fromkeys([*TEXTS, *FILES]), "enhanced_evidence": {}}


def added(known: Json, given: Json) -> Json:
    """Evidence with what was given; an empty text takes a field back."""
    unknown = sorted(given.keys() - {*TEXTS, *FILES})
    if unknown:
        name = f"evidence[{unknown[0]}]"
        raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    evidence = known | {name: text or None for name, text in given.items()}
    if sum(len(text) for text in evidence.values() if isinstance(text, str)) > LONGEST:
        raise invalid(
            f"The combined character count of all evidence fields is limited to {LONGEST:,}.",
            param="evidence",
        )
    return evidence
