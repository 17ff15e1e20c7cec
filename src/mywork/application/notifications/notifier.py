"""Telling people: the outbox of notices, worked apart from vendor calls that move money.

A notice is a row of the outbox: written with the position of its event, tried until the
vendor took it, and sent under its own key, so that a retry is not a second letter. Addresses are
read at the last moment from what can be erased; somebody without one is told nothing.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from eventstore.errors import StoreUnavailable
from eventstore.store import EventStore
from mywork.application.notifications.notice import Notice, Staff
from mywork.application.notifications.notices import notices_of
from mywork.application.outbox.calls import SendNotice
from mywork.application.ports.faults import VendorRefused, VendorUnavailable
from mywork.application.ports.mail import Mail, Message
from mywork.application.ports.tables import ClaimedRow, OutboxTable, PeopleTable
from mywork.application.ports.views import Views
from mywork.application.retrying import Backoff, note_of
from mywork.domain.identifiers import UserId

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(seconds=120)
RETRIES = Backoff(timedelta(seconds=5), timedelta(minutes=15))


class Notifier:
    """`app_url` ends every letter."""

    def __init__(
        self,
        store: EventStore,
        table: OutboxTable,
        mail: Mail,
        *,
        people: PeopleTable,
        views: Views,
        app_url: str,
    ) -> None:
        self._store = store
        self._table = table
        self._mail = mail
        self._people = people
        self._views = views
        self._app_url = app_url

    def run(self) -> int:
        """Send what is due; returns how many notices were done.

        A vendor that is away ends the turn: the rest would only wait for it one by one. A notice
        that cannot be written waits alone.
        """
        told = 0
        for key in self._table.overdue(BATCH, notices=True):
            claimed = self._table.claim(key, LEASE)
            if claimed is None:
                continue
            try:
                self._tell(claimed)
            except VendorUnavailable as error:
                self._postpone(claimed, error)
                break
            except StoreUnavailable:
                raise
            except Exception as error:
                logger.exception("%s cannot be told", key)
                self._postpone(claimed, error)
                continue
            with self._store.transaction() as cursor:
                self._table.done(key)(cursor)
            told += 1
        return told

    def _tell(self, claimed: ClaimedRow) -> None:
        asked = claimed.row.asked.read()
        if not isinstance(asked, SendNotice):
            raise TypeError(f"{claimed.row.key} is no notice")
        history = self._store.read([asked.stream])[asked.stream][: asked.version]
        *earlier, event = [recorded.event for recorded in history]
        for notice in notices_of(event, earlier):
            for user_id in self._users(notice):
                self._send(notice, user_id, claimed.row.key)

    def _users(self, notice: Notice) -> Iterable[UserId]:
        return (
            self._views.holders(notice.to.roles) if isinstance(notice.to, Staff) else (notice.to,)
        )

    def _send(self, notice: Notice, user_id: UserId, key: str) -> None:
        person = self._people.find(user_id)
        if person is None or not person.email:
            return
        message = Message(
            to=person.email,
            subject=" ".join(notice.subject.split()),
            text=f"{notice.text}\n\n-- \nMyWork, {self._app_url}\n",
        )
        try:
            self._mail.send(message, idempotency_key=f"{key}:{user_id}")
        except VendorRefused as error:
            # An address that takes no mail must not keep the others from theirs.
            logger.warning("%s cannot be sent to %s: %s", key, user_id, error)

    def _postpone(self, claimed: ClaimedRow, error: Exception) -> None:
        delay, note = RETRIES.after(claimed.attempts), note_of(error)
        logger.info("%s waits %s: %s", claimed.row.key, delay, note)
        self._table.postpone(claimed.row.key, delay, note)
