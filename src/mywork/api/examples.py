"""Examples of what several endpoints answer: one order, seen by its buyer and its seller, and a
seller's payout."""

ORDER_ID = "0199aa00-0000-7000-8000-000000000002"
PRODUCT_ID = "0199aa00-0000-7000-8000-000000000001"
REFUND_ID = "0199aa00-0000-7000-8000-000000000003"
PAYOUT_ID = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"

REFUND = {
    "id": REFUND_ID,
    "status": "succeeded",
    "amount": 99.00,
    "amount_minor": 9900,
    "currency": "USD",
    "asked_by": "buyer",
    "reason": "it does not run here",
    "note": "expired_or_canceled_card",
    "requested_at": "2026-11-12T09:00:00Z",
    "changed_at": "2026-11-12T09:00:05Z",
}
CLAIM = {
    "id": "du_1abc",
    "status": "won",
    "inquiry": False,
    "reason": "product_not_received",
    "amount": 200.00,
    "amount_minor": 20000,
    "currency": "USD",
    "evidence_due_by": "2026-11-22T23:59:59Z",
    "evidence_submitted_at": "2026-11-15T10:00:00Z",
    "opened_at": "2026-11-14T08:00:00Z",
    "withdrawn_at": "2026-11-14T08:00:00Z",
    "closed_at": "2026-12-20T08:00:00Z",
}
DISPUTE = CLAIM | {
    "order_id": ORDER_ID,
    "charge_id": "ch_1abc",
    "seller_id": "user_ada",
    "owed_currency": "USD",
    "set_aside": 0.00,
    "set_aside_minor": 0,
    "fee": 15.00,
    "fee_minor": 1500,
    "cost": 15.00,
    "cost_minor": 1500,
}
_OF_BOTH = {
    "id": ORDER_ID,
    "order_number": "MW-2026-00001",
    "status": "partially_refunded",
    "product": {"id": PRODUCT_ID, "title": "SaaS starter"},
    "license": "standard",
    "amount": 299.00,
    "amount_minor": 29900,
    "refunded": 99.00,
    "refunded_minor": 9900,
    "currency": "USD",
    "refunds": [REFUND],
    "disputes": [CLAIM],
    "created_at": "2026-11-10T12:00:00Z",
    "paid_at": "2026-11-10T12:01:00Z",
}
ORDER = _OF_BOTH | {
    "payment_status": "succeeded",
    "failure_code": "card_declined",
    "access": "active",
    "disputed": False,
    "seller_id": "user_ada",
}
SALE = _OF_BOTH | {
    "owed_currency": "USD",
    "seller_share": 260.13,
    "seller_share_minor": 26013,
    "commission": 29.90,
    "commission_minor": 2990,
    "processing_fee": 8.97,
    "processing_fee_minor": 897,
    "net_earnings": 171.03,
    "net_earnings_minor": 17103,
    "pending": 171.03,
    "pending_minor": 17103,
    "reserve": 0.00,
    "reserve_minor": 0,
    "available": 0.00,
    "available_minor": 0,
    "refunding": 0.00,
    "refunding_minor": 0,
    "disputed": 0.00,
    "disputed_minor": 0,
    "release_at": "2026-11-17T12:01:00Z",
    "released_at": "2026-11-17T12:01:00Z",
    "reserve_until": "2026-12-17T12:01:00Z",
    "fraud_warnings": [
        {
            "id": "issfr_1abc",
            "fraud_type": "unauthorized_use_of_card",
            "actionable": True,
            "warned_at": "2026-11-11T08:00:00Z",
        }
    ],
    "why_not_yet": [
        {
            "stage": "pending",
            "amount": 171.03,
            "amount_minor": 17103,
            "currency": "USD",
            "until": "2026-11-17T12:01:00Z",
            "reason": "on hold until 17 November 2026",
        }
    ],
}

PAYOUT = {
    "id": PAYOUT_ID,
    "status": "failed",
    "amount": 260.13,
    "amount_minor": 26013,
    "reversed": 0.00,
    "reversed_minor": 0,
    "currency": "USD",
    "trigger": "request",
    "transfer_id": "tr_1abc",
    "bank_payout_id": "po_1abc",
    "reason": "could_not_process",
    "requested_at": "2026-11-17T12:00:00Z",
    "completed_at": "2026-11-19T09:00:00Z",
    "retry_at": "2026-11-20T09:00:00Z",
    "reversed_at": "2026-11-20T09:00:00Z",
}
