"""What is vendor's or world's, as the settings describe it."""

from dataclasses import dataclass

from mywork.adapters import clocks
from mywork.adapters.clerk import ClerkIdentity
from mywork.adapters.folder import FolderObjects
from mywork.adapters.mail import FileMail, ResendMail
from mywork.adapters.queue import DramatiqQueue
from mywork.adapters.signing import FileSigner, NoteSigner
from mywork.adapters.stripe.billing import StripeBilling
from mywork.adapters.stripe.payments import StripePayments
from mywork.application.ports.billing import Billing
from mywork.application.ports.clock import Clock
from mywork.application.ports.identity import Identity
from mywork.application.ports.mail import Mail
from mywork.application.ports.objects import Objects
from mywork.application.ports.payments import Payments
from mywork.application.ports.signing import Signer
from mywork.application.ports.tables import OutboxQueue
from mywork.sandbox.clock import SandboxClock
from mywork.settings import Settings, SettingsMissing


@dataclass(frozen=True, slots=True)
class Outside:
    """What is vendor's or world's: replaced one by one in tests and the sandbox."""

    clock: Clock
    payments: Payments
    identity: Identity
    queue: OutboxQueue
    mail: Mail
    billing: Billing
    objects: Objects
    signer: Signer


def outside(settings: Settings) -> Outside:
    """The real world as the settings describe it."""
    clock: Clock = clocks.SystemClock()
    if settings.mywork_clock is not None:
        clock = SandboxClock(settings.mywork_clock)
    stripe_key, stripe_api = (
        settings.stripe_secret_key.get_secret_value(),
        settings.stripe_api_base,
    )
    return Outside(
        clock=clock,
        payments=StripePayments(stripe_key, api_base=stripe_api),
        identity=ClerkIdentity(
            settings.clerk_issuer, settings.clerk_jwks_url, settings.clerk_authorized_parties
        ),
        queue=DramatiqQueue(settings.redis_url.get_secret_value()),
        mail=_mail(settings),
        billing=StripeBilling(stripe_key, api_base=stripe_api),
        objects=_objects(settings),
        signer=_signer(settings),
    )


def _mail(settings: Settings) -> Mail:
    key = settings.resend_api_key.get_secret_value()
    if not key:
        return FileMail(settings.mywork_mail, settings.mail_from)
    return ResendMail(key, settings.mail_from, api_url=settings.resend_api_url)


def _signer(settings: Settings) -> Signer:
    secret = settings.audit_signing_key.get_secret_value()
    return NoteSigner(secret) if secret else FileSigner(settings.mywork_audit_key)


def _objects(settings: Settings) -> Objects:
    if not settings.r2_bucket:
        return FolderObjects(settings.mywork_objects)
    return bucket(settings, settings.r2_bucket)


def bucket(settings: Settings, name: str, prefix: str = "") -> Objects:
    """A bucket, below a prefix, at the endpoint and with the keys of the settings."""
    from mywork.adapters.objects import S3Objects  # the SDK is slow to import, and seldom needed

    secret = settings.r2_secret_access_key.get_secret_value()
    if not settings.r2_access_key_id or not secret:
        raise SettingsMissing("set R2_ENDPOINT, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY")
    return S3Objects(
        settings.r2_endpoint, settings.r2_access_key_id, secret, bucket=name, prefix=prefix
    )
