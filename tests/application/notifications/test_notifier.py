"""The outbox: each letter once as far as anybody can tell, and never in the way of money."""

from dataclasses import replace
from typing import Any

import pytest
from shop import ADA, BO, Shop

from eventstore.follow import Runner
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.mail import Message
from mywork.application.ports.tables import Person
from mywork.domain.identifiers import UserId
from mywork.domain.user import GrantRole

PAID = "order-1:2:send_notice"
AWAY = VendorUnavailable("Resend does not answer")


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With an order paid, and letters to buyer and seller waiting."""
    shop.core.people.save(Person(BO, "bo", "bo@example.com"))
    shop.core.people.save(Person(ADA, "ada", "ada@example.com"))
    shop.place("1")
    shop.handle(shop.paying("1"))
    shop.runner.catch_up()
    return shop


def make_due(shop: Shop) -> None:
    shop.change("UPDATE operations.outbox SET due_at = now() - interval '1 s'")


def status(shop: Shop) -> list[str]:
    return [row[0] for row in shop.rows("SELECT status FROM operations.outbox ORDER BY key")]


def test_buyer_and_seller_have_one_letter_each(shop: Shop) -> None:
    assert shop.core.notifier.run() == 1
    assert shop.core.notifier.run() == 0
    assert {key: letter.to for key, letter in shop.mail.sent.items()} == {
        f"{PAID}:bo": "bo@example.com",
        f"{PAID}:ada": "ada@example.com",
    }
    text = shop.mail.sent[f"{PAID}:bo"].text
    assert text.startswith("You paid 299.00 USD for SaaS starter")
    assert text.endswith("\n-- \nMyWork, https://shop.test\n")
    assert status(shop) == ["done"]


def test_letters_do_not_travel_with_vendor_calls(shop: Shop) -> None:
    assert shop.queue.keys == []
    assert shop.core.outbox_dispatcher.sweep(shop.queue) == 0
    assert shop.core.outbox.overdue(10, notices=True) == [PAID]


def test_somebody_without_an_address_is_told_nothing(shop: Shop) -> None:
    shop.change("DELETE FROM operations.people WHERE user_id = 'bo'")  # erased
    shop.change("UPDATE operations.people SET email = '' WHERE user_id = 'ada'")
    assert shop.core.notifier.run() == 1
    assert shop.mail.sent == {}
    assert status(shop) == ["done"]


def test_a_vendor_that_is_away_makes_letters_wait_and_doubles_none(shop: Shop) -> None:
    shop.mail.refuses = [AWAY]
    assert shop.core.notifier.run() == 0
    assert shop.rows("SELECT note FROM operations.outbox") == [
        ("VendorUnavailable: Resend does not answer",)
    ]
    assert shop.core.notifier.run() == 0  # not due yet
    make_due(shop)
    assert shop.core.notifier.run() == 1
    assert len(shop.mail.sent) == 2


def test_a_vendor_that_is_away_ends_the_turn(shop: Shop) -> None:
    shop.place("2")
    shop.handle(shop.paying("2"))
    shop.runner.catch_up()
    shop.mail.refuses = [AWAY]
    assert shop.core.notifier.run() == 0
    assert shop.mail.sent == {}
    assert shop.core.notifier.run() == 1  # the other, which nobody has tried


def test_a_worker_that_died_between_two_letters_writes_the_second_only(shop: Shop) -> None:
    before = Message("bo@example.com", "Receipt", "sent before")
    shop.mail.send(before, idempotency_key=f"{PAID}:bo")
    assert shop.core.notifier.run() == 1
    assert shop.mail.sent[f"{PAID}:bo"] == before
    assert len(shop.mail.sent) == 2


def test_an_address_that_takes_no_mail_does_not_keep_others_from_theirs(shop: Shop) -> None:
    shop.mail.refuses = [VendorRefused("invalid_to", "no such mailbox")]
    assert shop.core.notifier.run() == 1
    assert [letter.to for letter in shop.mail.sent.values()] == ["ada@example.com"]


def test_a_title_cannot_smuggle_a_line_into_the_subject(shop: Shop) -> None:
    shop.handle(replace(shop.placing("3"), product_title="SaaS\r\nBcc: eve@example.com starter"))
    shop.handle(shop.paying("3"))
    shop.runner.catch_up()
    shop.core.notifier.run()
    letter = shop.mail.sent["order-3:2:send_notice:ada"]
    assert letter.subject == "Sold: SaaS Bcc: eve@example.com starter"


def test_finance_and_admins_are_told_of_a_break(shop: Shop) -> None:
    staff: dict[str, Any] = {"fin": "finance", "root": "admin", "audit": "auditor"}
    for name, role in staff.items():
        shop.core.people.save(Person(UserId(name), name, f"{name}@example.com"))
        shop.handle(GrantRole(UserId(name), role, shop.clock.now()))
    shop.core.inbox.store([shop.paid("9")])  # there is no such order
    shop.core.inbox_worker.drain()
    Runner(shop.core.store, shop.core.followers()).catch_up()
    shop.core.notifier.run()
    told = [letter.to for key, letter in shop.mail.sent.items() if key.startswith("break-")]
    assert told == ["fin@example.com", "root@example.com"]
