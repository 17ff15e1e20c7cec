"""Rows of the outbox and deadlines, as one event asks for them."""

from collections.abc import Sequence

from eventstore.envelope import Recorded
from mywork.application.outbox.calls import Call
from mywork.application.ports.tables import Deadline, OutboxRow
from mywork.application.stored import Stored, stored_call, stored_command
from mywork.domain.decider import Command

FollowUps = Sequence[OutboxRow | Deadline]


def deadline_row(recorded: Recorded, subject: str, command: Command) -> Deadline:
    return Deadline(subject, command.at, stored_command(command), recorded.position)


def command_row(recorded: Recorded, command: Command) -> OutboxRow:
    return _row(recorded, stored_command(command))


def call_row(recorded: Recorded, call: Call) -> OutboxRow:
    return _row(recorded, stored_call(call, recorded.stream))


def _row(recorded: Recorded, asked: Stored) -> OutboxRow:
    return OutboxRow(f"{recorded.stream}:{recorded.version}:{asked.name}", asked)
