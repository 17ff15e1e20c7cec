"""One order's money: who bears how much of refunds and disputes, and where the rest stands.

Claims are allocated cumulatively: of everything that was claimed of the payment so far, the
seller and the commission bear what the largest remainder gives them; a new claim is the
difference to what stands. The processing fee is not returned, so the seller bears it, unless the
platform does.
"""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from model.arithmetic import half_up, split
from model.book import impossible_unless


@dataclass
class Claim:
    """A refund or a dispute's withdrawal: what was asked of the payment, and who bears it."""

    asked: int
    seller: int = 0
    commission: int = 0
    processing: int = 0
    excess: int = 0

    @property
    def amount(self) -> int:
        return self.seller + self.commission + self.processing + self.excess


@dataclass
class Refund:
    id: str
    claim: Claim
    stage: str  # requested, approved, made, succeeded, ended
    platform_bears_fee: bool = False
    stripe_id: str = ""
    declined: bool = False

    @property
    def stands(self) -> bool:
        return self.stage != "ended"


@dataclass
class Dispute:
    id: str
    amount: int
    inquiry: bool
    claim: Claim | None = None  # once its money was withdrawn
    held: int = 0
    fee: int = 0  # borne by the seller
    excess: int = 0  # lost, and more than the payment had room for
    outcome: str = ""
    moved: set[str] = field(default_factory=set)

    @property
    def open(self) -> bool:
        return not self.outcome

    @property
    def exposed(self) -> int:
        """What it may cost or has cost of the payment."""
        taken = self.claim.asked if self.claim else 0
        return max(self.amount, taken) if self.open and not self.inquiry else taken


@dataclass
class Sale:
    id: str
    seller: str
    currency: str
    price: int
    parts: tuple[int, int, int]  # seller, commission, processing
    expires: datetime
    charge: str = ""
    paid_at: datetime | None = None
    state: str = "payable"  # payable, granted, expired, paid
    settlement: str = ""
    released: bool = False
    downloaded: bool = False
    reserve_rate: Fraction = Fraction(0)
    reserve_until: datetime | None = None
    pending: int = 0
    reserve: int = 0
    available: int = 0
    owed: str = ""  # the currency that everybody is owed: the order's, until it is converted
    total: int = 0  # the payment in that currency
    refunds: dict[str, Refund] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owed, self.total = self.currency, self.price

    def converted(self, amount: int) -> int:
        """An amount of the order's currency in the owed one."""
        return half_up(Fraction(amount * self.total, self.price)) if amount else 0

    # What is claimed ----------------------------------------------------------------------

    def standing(self) -> list[Refund]:
        return [refund for refund in self.refunds.values() if refund.stands]

    def withdrawn(self, *, without: str = "") -> list[Claim]:
        found = self.disputes.items()
        return [dispute.claim for id_, dispute in found if dispute.claim and id_ != without]

    def refundable(self) -> int:
        """Refunds + open or lost disputes <= captured: what is left for commands of ours."""
        refunded = sum(refund.claim.asked for refund in self.standing())
        exposed = sum(dispute.exposed for dispute in self.disputes.values())
        return max(self.price - refunded - exposed, 0)

    def claim(self, asked: int, *, platform_bears_fee: bool = False, without: str = "") -> Claim:
        """A further claim: as far as nobody bears the payment yet; the rest is excess."""
        claims = [refund.claim for refund in self.standing()] + self.withdrawn(without=without)
        by_seller = sum(claim.seller + claim.processing for claim in claims)
        in_all = by_seller + sum(claim.commission for claim in claims)
        borne = min(sum(self._borne(claim) for claim in claims), self.price)
        within = min(asked, self.price - borne)
        amount = max(self.converted(borne + within) - in_all, 0) if within else 0
        _, commission, _ = self.parts
        due, _ = split(in_all + amount, self.total - commission, commission)
        gross = min(max(due - by_seller, 0), amount)
        processing = self._borne_with(gross) if platform_bears_fee else 0
        excess = self.converted(asked) - self.converted(within)
        return Claim(asked, gross - processing, amount - gross, processing, excess)

    def _borne(self, claim: Claim) -> int:
        """What somebody bears of a claim, in the order's currency; a rate may round a unit away."""
        share, rounding = claim.amount - claim.excess, int(self.owed != self.currency)
        if share >= self.converted(claim.asked) - rounding:
            return claim.asked
        return half_up(Fraction(share * self.price, self.total))

    def _borne_with(self, gross: int) -> int:
        """The processing fee in a seller's part that the platform bears, cumulatively pro rata."""
        seller, _, processing = self.parts
        claims = [refund.claim for refund in self.standing() if refund.platform_bears_fee]
        in_all = sum(claim.seller + claim.processing for claim in claims)
        _, due = split(in_all + gross, seller, processing)
        return min(max(due - sum(claim.processing for claim in claims), 0), gross)

    # Where the seller's money stands --------------------------------------------------------

    def take(self, amount: int) -> list[tuple[str, int]]:
        """From this order's pending, then its reserve, then available, which may go negative."""
        pending = min(self.pending, amount)
        reserve = min(self.reserve, amount - pending)
        available = amount - pending - reserve
        self.pending -= pending
        self.reserve -= reserve
        self.available -= available
        stages = {"pending": pending, "reserve": reserve, "available": available}
        return [(f"seller:{self.seller}:{stage}", part) for stage, part in stages.items()]

    def give_back(self, amount: int) -> list[tuple[str, int]]:
        """To pending while the hold runs, else to available."""
        stage = "available" if self.released else "pending"
        setattr(self, stage, getattr(self, stage) + amount)
        return [(f"seller:{self.seller}:{stage}", amount)]

    def earned(self) -> int:
        """The seller's part, less what refunds and lost disputes cost him, and their fees."""
        if self.state != "paid":
            return 0
        made = [r.claim.seller for r in self.refunds.values() if r.stage in {"made", "succeeded"}]
        lost = [d.claim.seller for d in self.disputes.values() if d.outcome == "lost" and d.claim]
        fees = [dispute.fee for dispute in self.disputes.values()]
        return self.parts[0] - sum(made) - sum(lost) - sum(fees)

    @property
    def stopped(self) -> bool:
        """Nothing is released while a dispute or an inquiry is open."""
        return any(dispute.open for dispute in self.disputes.values())

    def refund(self, stripe_id: str) -> Refund:
        found = [refund for refund in self.refunds.values() if refund.stripe_id == stripe_id]
        impossible_unless(len(found) == 1, f"{stripe_id} is one refund of {self.id}: {found}")
        return found[0]
