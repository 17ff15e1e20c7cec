"""Everything outside, as small Protocols: a fake of any of them is forty lines.

Money is integer minor units with an upper-case ISO 4217 currency; times are aware, in UTC.
"""

from mywork.application.ports.billing import (
    Billing,
    FoundInvoice,
    FoundSubscription,
    SubscriptionInstruction,
)
from mywork.application.ports.clock import (
    Clock,
)
from mywork.application.ports.drills import (
    Drill,
    DrillsTable,
)
from mywork.application.ports.exports import (
    ExportJob,
    ExportProgress,
    ExportsTable,
    ExportWish,
)
from mywork.application.ports.faults import (
    VendorRefused,
    VendorUnavailable,
)
from mywork.application.ports.identity import (
    IdempotencyMismatch,
    Identity,
    Session,
    StillInProgress,
    TokenInvalid,
)
from mywork.application.ports.mail import (
    Mail,
    Message,
)
from mywork.application.ports.meaning import (
    Commands,
    Decidable,
    Ignored,
    Meaning,
    PaidInvoice,
    Placeable,
    Refetch,
    StaleAccount,
    StaleSubscription,
    Translator,
    UnnamedPayment,
)
from mywork.application.ports.objects import (
    ObjectExists,
    ObjectKeyInvalid,
    ObjectMissing,
    Objects,
    Retention,
    StorageUnavailable,
    StoredObject,
)
from mywork.application.ports.payments import (
    AccountState,
    Balance,
    OnboardingLink,
    PaymentIntent,
    Payments,
    PayoutInstruction,
    RefundInstruction,
    Reversal,
    ReversalInstruction,
    StripeRefund,
)
from mywork.application.ports.signing import (
    Signer,
)
from mywork.application.ports.tables import (
    ClaimedEffect,
    CursorsTable,
    Deadline,
    DeadlinesTable,
    Effect,
    EffectQueue,
    EffectsTable,
    IdempotencyTable,
    InboxTable,
    PeopleTable,
    Person,
    RawReceipt,
    Receipt,
    StoredAnswer,
    Write,
)

__all__ = [
    "AccountState",
    "Balance",
    "Billing",
    "ClaimedEffect",
    "Clock",
    "Commands",
    "CursorsTable",
    "Deadline",
    "DeadlinesTable",
    "Decidable",
    "Drill",
    "DrillsTable",
    "Effect",
    "EffectQueue",
    "EffectsTable",
    "ExportJob",
    "ExportProgress",
    "ExportWish",
    "ExportsTable",
    "FoundInvoice",
    "FoundSubscription",
    "IdempotencyMismatch",
    "IdempotencyTable",
    "Identity",
    "Ignored",
    "InboxTable",
    "Mail",
    "Meaning",
    "Message",
    "ObjectExists",
    "ObjectKeyInvalid",
    "ObjectMissing",
    "Objects",
    "OnboardingLink",
    "PaidInvoice",
    "PaymentIntent",
    "Payments",
    "PayoutInstruction",
    "PeopleTable",
    "Person",
    "Placeable",
    "RawReceipt",
    "Receipt",
    "Refetch",
    "RefundInstruction",
    "Retention",
    "Reversal",
    "ReversalInstruction",
    "Session",
    "Signer",
    "StaleAccount",
    "StaleSubscription",
    "StillInProgress",
    "StorageUnavailable",
    "StoredAnswer",
    "StoredObject",
    "StripeRefund",
    "SubscriptionInstruction",
    "TokenInvalid",
    "Translator",
    "UnnamedPayment",
    "VendorRefused",
    "VendorUnavailable",
    "Write",
]
