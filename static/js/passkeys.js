/* Says what went wrong with a passkey; allauth's own scripts would only write it to the console. */
(function () {
  "use strict";

  const KINDS = {
    NotAllowedError: "cancelled",
    AbortError: "cancelled",
    InvalidStateError: "known",
    SecurityError: "address",
  };

  document.addEventListener("allauth.error", (event) => {
    const template = document.getElementById("passkey-error");
    if (!template) return;
    event.preventDefault();
    const exception = event.detail.exception || {};
    show(template, template.dataset[KINDS[exception.name] || "other"]);
  });

  function show(template, text) {
    document.querySelectorAll("[data-passkey-alert]").forEach((alert) => alert.remove());
    const alert = template.content.firstElementChild.cloneNode(true);
    alert.querySelector("[data-text]").textContent = text;
    document.querySelector("main h1").after(alert);
  }
})();
