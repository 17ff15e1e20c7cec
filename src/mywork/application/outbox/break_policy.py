"""What follows from what happened to a break."""

from datetime import datetime

from eventstore.envelope import Recorded
from mywork.application.outbox.calls import ReturnPayment
from mywork.application.outbox.rows import FollowUps, call_row, deadline_row
from mywork.domain.breaks.evolve import BreakEvent
from mywork.domain.breaks.explanation_messages import BreakOpened
from mywork.domain.breaks.return_messages import (
    MakeReturnAvailable,
    PaymentReturnAsked,
    PaymentReturnSettled,
)
from mywork.domain.breaks.settlement_messages import BreakSettled, MakeBreakFundsAvailable


def break_policy(recorded: Recorded, event: BreakEvent) -> FollowUps:
    match event:
        case (
            BreakOpened(available_on=datetime() as at) | BreakSettled(available_on=datetime() as at)
        ):
            command = MakeBreakFundsAvailable(event.break_id, at)
            return (deadline_row(recorded, event.break_id, command),)
        case PaymentReturnAsked():
            return (call_row(recorded, ReturnPayment(event.break_id, event.charge_id)),)
        case PaymentReturnSettled(transaction_id=name, available_on=datetime() as at):
            later = MakeReturnAvailable(event.break_id, name, at)
            return (deadline_row(recorded, f"{event.break_id}:{name}", later),)
        case _:
            return ()
