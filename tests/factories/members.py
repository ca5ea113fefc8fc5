"""Makers of people: verified, with a password, in a role, with a second factor."""

import io
from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.crypto import get_random_string
from factory.django import DjangoModelFactory
from PIL import Image

from members.models import CustomUser

PASSWORD = get_random_string(20)


class PersonFactory(DjangoModelFactory):
    """Somebody who verified their address and signs in with ``PASSWORD``."""

    class Meta:
        model = CustomUser
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"member{number}@example.com")

    @classmethod
    def _create(cls, model_class: type[CustomUser], *args: Any, **kwargs: Any) -> CustomUser:
        return model_class.objects.create_user(*args, password=PASSWORD, **kwargs)

    @factory.post_generation
    def address(self: CustomUser, create: bool, extracted: bool | None, **_: Any) -> None:
        EmailAddress.objects.create(
            user=self, email=self.email, verified=extracted is not False, primary=True
        )


def person_in(role: str) -> CustomUser:
    """Somebody in one of the role groups."""
    person: CustomUser = PersonFactory()
    person.groups.add(Group.objects.get(name=role))
    return person


def add_totp(person: CustomUser) -> str:
    """Turn on an authenticator app; returns the secret the app would hold."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(person, secret)
    return secret


def totp_code(secret: str) -> str:
    """What the authenticator app shows now, which the site takes for half a minute and more."""
    accepted = list(totp.yield_hotp_counters_from_time())
    now = accepted[len(accepted) // 2]
    return str(totp.format_hotp_value(totp.hotp_value(secret, now)))


def add_passkey(person: CustomUser) -> Authenticator:
    """A passkey's row; no key stands behind it."""
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})


def sign_in(client: Client, person: CustomUser, **extra: Any) -> Any:
    """Post the sign-in form as a browser would."""
    data = {"login": person.email, "password": PASSWORD, **extra}
    return client.post("/accounts/login/", data)


def picture_file(
    *, size: tuple[int, int] = (900, 600), kind: str = "JPEG", name: str = "me.jpg", **save: Any
) -> SimpleUploadedFile:
    """A picture as a browser uploads it."""
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **save)
    return SimpleUploadedFile(name, target.getvalue(), content_type=f"image/{kind.lower()}")
