"""Identifiers of what examples are about: one order of one product, refunded and paid out."""

PRODUCT_ID = "0199aa00-0000-7000-8000-000000000001"
ORDER_ID = "0199aa00-0000-7000-8000-000000000002"
REFUND_ID = "0199aa00-0000-7000-8000-000000000003"
PAYOUT_ID = "0b1c6f0e-54a2-5d4e-9a44-5a3c7f0e2d11"
DISPUTE_ID = "du_1abc"
SELLER_ID = "user_ada"
ORDER_STREAM = f"order-{ORDER_ID}"
