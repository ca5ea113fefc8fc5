"""The errors Stripe answers with, in Stripe's own words and shapes."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal: HTTP status, type, sentence, and the machine-readable rest of Stripe's error object.

    `keep` is True where Stripe keeps what happened before the refusal, such as a declined payment.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep: bool = False,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = kind
        self.code = code
        self.param = param
        self.keep = keep
        self.details = details

    def body(self) -> dict[str, Any]:
        """The JSON body Stripe would send."""
        told = {"code": self.code, "param": self.param, **self.details}
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        error |= {name: value for name, value in told.items() if value is not None}
        if self.code:
            error["doc_url"] = "https://stripe.com/docs/error-codes/" + self.code.replace("_", "-")
        return {"error": error}


def missing_resource(name: str, object_id: str, param: str = "id") -> ApiError:
    """404: `No such customer: 'cus_x'`."""
    return ApiError(
        f"No such {name}: '{object_id}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )


def missing_param(param: str) -> ApiError:
    """400: a required parameter was left out."""
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_param(param: str) -> ApiError:
    """400: Stripe has no such parameter here."""
    return ApiError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def invalid_param(message: str, param: str, code: str | None = None) -> ApiError:
    """400: the value can't be right."""
    return ApiError(message, code=code, param=param)


def unsupported(param: str, what: str) -> ApiError:
    """400 of the sandbox alone: Stripe knows this parameter, the sandbox doesn't act on it."""
    return ApiError(
        f"The Stripe sandbox does not act on {param} in {what} yet. Stripe itself would accept it; "
        "leave it out here, or teach it to the sandbox.",
        code="sandbox_unsupported",
        param=param,
    )


def declined(message: str, code: str, decline_code: str | None = None, **details: Any) -> ApiError:
    """402: the card was refused; what happened so far is kept."""
    return ApiError(
        message, status=402, kind="card_error", code=code, decline_code=decline_code, keep=True, **details
    )
