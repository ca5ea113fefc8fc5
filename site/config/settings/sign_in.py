"""How people sign in, and how often they may try; ``base`` takes all of it over."""

import environ

env = environ.Env()

# Accounts: the e-mail address is the name, and it is verified before anything opens

ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up, where the password was typed
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "members.sign_in_forms.SignInForm",
    "signup": "members.sign_in_forms.SignUpForm",
    "add_email": "members.sign_in_forms.AddEmailForm",
    "change_password": "members.sign_in_forms.ChangePasswordForm",
    "set_password": "members.sign_in_forms.SetPasswordForm",
    "reset_password": "members.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "members.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "members.sign_in_forms.ReauthenticateForm",
}

# Rate limits, as amount/period/per: the client's address, the account, or (key) the address that was typed
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "1/3m/key",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "change_profile": "20/m/user",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Second factors and sessions

MFA_ADAPTER = "members.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "QuickScale"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way: phones are not always on time
# Nobody signs in before verifying; this lets people with a second factor change their address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
REQUIRE_ADMIN_MFA = env.bool("REQUIRE_ADMIN_MFA", default=False)
USERSESSIONS_TRACK_ACTIVITY = False  # members.middleware does it, without a write on every request
