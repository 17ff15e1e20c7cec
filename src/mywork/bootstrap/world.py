"""What is vendor's or world's, as the settings describe it."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mywork.settings import Settings, SettingsMissing

if TYPE_CHECKING:  # what a port says imports the domain, and a command that only reads needs none
    from mywork.application.ports.billing import Billing
    from mywork.application.ports.clock import Clock
    from mywork.application.ports.identity import Identity
    from mywork.application.ports.mail import Mail
    from mywork.application.ports.objects import Objects
    from mywork.application.ports.payments import Payments
    from mywork.application.ports.signing import Signer
    from mywork.application.ports.tables import OutboxQueue


@dataclass(frozen=True)
class Outside:
    """What is vendor's or world's: replaced one by one in tests and the sandbox."""

    clock: "Clock"
    payments: "Payments"
    identity: "Identity"
    queue: "OutboxQueue"
    mail: "Mail"
    billing: "Billing"
    objects: "Objects"
    signer: "Signer"


def outside(settings: Settings) -> Outside:
    """The real world as the settings describe it; a vendor's SDK is imported when it is needed."""
    return _RealWorld(settings)


class _RealWorld(Outside):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def clock(self) -> "Clock":
        from mywork.adapters.clocks import SystemClock
        from mywork.sandbox.clock import SandboxClock

        file = self._settings.mywork_clock
        return SystemClock() if file is None else SandboxClock(file)

    @cached_property
    def payments(self) -> "Payments":
        from mywork.adapters.stripe.payments import StripePayments

        return StripePayments(self._stripe_key, api_base=self._settings.stripe_api_base)

    @cached_property
    def billing(self) -> "Billing":
        from mywork.adapters.stripe.billing import StripeBilling

        return StripeBilling(self._stripe_key, api_base=self._settings.stripe_api_base)

    @property
    def _stripe_key(self) -> str:
        return self._settings.stripe_secret_key.reveal()

    @cached_property
    def identity(self) -> "Identity":
        from mywork.adapters.clerk import ClerkIdentity

        found = self._settings
        return ClerkIdentity(
            found.clerk_issuer, found.clerk_jwks_url, found.clerk_authorized_parties
        )

    @cached_property
    def queue(self) -> "OutboxQueue":
        from mywork.adapters.queue import DramatiqQueue

        return DramatiqQueue(self._settings.redis_url.reveal())

    @cached_property
    def mail(self) -> "Mail":
        from mywork.adapters.mail import FileMail, ResendMail

        found, key = self._settings, self._settings.resend_api_key.reveal()
        if not key:
            return FileMail(found.mywork_mail, found.mail_from)
        return ResendMail(key, found.mail_from, api_url=found.resend_api_url)

    @cached_property
    def objects(self) -> "Objects":
        from mywork.adapters.folder import FolderObjects

        found = self._settings
        if found.r2_bucket:
            return bucket(found, found.r2_bucket)
        return FolderObjects(found.mywork_objects)

    @cached_property
    def signer(self) -> "Signer":
        from mywork.adapters.signing import FileSigner, NoteSigner

        secret = self._settings.audit_signing_key.reveal()
        return NoteSigner(secret) if secret else FileSigner(self._settings.mywork_audit_key)


def bucket(settings: Settings, name: str, prefix: str = "") -> "Objects":
    """A bucket, below a prefix, at the endpoint and with the keys of the settings."""
    from mywork.adapters.objects import S3Objects  # the SDK is slow to import, and seldom needed

    secret = settings.r2_secret_access_key.reveal()
    if not settings.r2_access_key_id or not secret:
        raise SettingsMissing("set R2_ENDPOINT, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY")
    return S3Objects(
        settings.r2_endpoint, settings.r2_access_key_id, secret, bucket=name, prefix=prefix
    )
