"""What a person may change about themselves."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile

from members.avatars import MAX_BYTES, set_avatar, square_webp
from members.models import CustomUser


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name and picture. A picture is decoded and made small before anything is stored."""

    picture = forms.FileField(
        required=False,
        help_text=f"JPEG, PNG or WebP, up to {MAX_BYTES // 1024 // 1024} MB. It is cropped to a square.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    remove_picture = forms.BooleanField(required=False, label="Remove my picture")

    class Meta:
        model = CustomUser
        fields = ["first_name", "last_name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        if not self.instance.avatar:
            del self.fields["remove_picture"]

    def clean_picture(self) -> "ContentFile[bytes] | None":
        """The upload as a small square picture, or what is wrong with it."""
        upload = self.cleaned_data["picture"]
        return square_webp(upload) if upload else None

    def save(self, commit: bool = True) -> CustomUser:
        """Store the name, then the picture or its absence."""
        user: CustomUser = self.instance
        user.save(update_fields=["first_name", "last_name"])
        picture = self.cleaned_data.get("picture")
        if picture or self.cleaned_data.get("remove_picture"):
            set_avatar(user=user, picture=picture)
        return user
