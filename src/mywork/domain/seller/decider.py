"""The seller's decider: which decision answers which command."""

from mywork.domain.decider import Decider
from mywork.domain.seller.decisions import (
    choose_schedule,
    join,
    open_account,
    pause,
    release,
    update_onboarding,
    verify,
)
from mywork.domain.seller.evolve import evolve_seller
from mywork.domain.seller.messages import (
    EVENTS,
    ChoosePayoutSchedule,
    JoinAsSeller,
    OpenAccount,
    PausePayouts,
    ReleasePayouts,
    SellerEvent,
    UpdateOnboarding,
    VerifySeller,
)
from mywork.domain.seller.state import Absent, SellerState
from mywork.domain.streams import seller_stream

SELLER: Decider[SellerEvent, SellerState] = Decider(
    initial=Absent(),
    decisions={
        JoinAsSeller: join,
        OpenAccount: open_account,
        UpdateOnboarding: update_onboarding,
        VerifySeller: verify,
        ChoosePayoutSchedule: choose_schedule,
        PausePayouts: pause,
        ReleasePayouts: release,
    },
    evolve=evolve_seller,
    stream=lambda command: seller_stream(command.seller_id),
    events=EVENTS,
)
