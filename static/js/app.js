/* Behaviour of the shared components. Everything here improves a page that already works without it. */
(function () {
  "use strict";

  const THEMES = ["system", "light", "dark"];

  /* Storage may be blocked: then nothing is remembered beyond this page. */
  function remember(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch (error) {
      return;
    }
  }

  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null;
    }
  }

  function currentTheme() {
    return document.documentElement.dataset.theme || "system";
  }

  function applyTheme(theme) {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    remember("qs-theme", theme === "system" ? null : theme);
  }

  document.addEventListener("alpine:init", () => {
    window.Alpine.data("themeSwitch", () => ({
      theme: currentTheme(),
      cycle() {
        this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length];
        applyTheme(this.theme);
      },
      get label() {
        return this.$root.dataset["label" + this.theme[0].toUpperCase() + this.theme.slice(1)];
      },
      get isSystem() {
        return this.theme === "system";
      },
      get isLight() {
        return this.theme === "light";
      },
      get isDark() {
        return this.theme === "dark";
      },
    }));

    /* A <details> menu that closes on Escape, on a click outside and when focus leaves it. */
    window.Alpine.data("menu", () => ({
      close() {
        this.$root.open = false;
      },
      escape() {
        if (!this.$root.open) return;
        this.$root.open = false;
        this.$root.querySelector("summary").focus();
      },
      left(event) {
        if (event.relatedTarget && !this.$root.contains(event.relatedTarget)) this.close();
      },
    }));

    window.Alpine.data("announcement", () => ({
      init() {
        if (remembered("qs-announcement") === this.$root.dataset.key) this.$root.remove();
      },
      close() {
        remember("qs-announcement", this.$root.dataset.key);
        this.$root.remove();
      },
    }));

    window.Alpine.data("toast", () => ({
      timer: null,
      init() {
        if (this.$root.dataset.keep === undefined) this.start();
      },
      start() {
        this.timer = setTimeout(() => this.dismiss(), 8000);
      },
      pause() {
        clearTimeout(this.timer);
      },
      dismiss() {
        this.$root.remove();
      },
    }));

    /* What several packs of credits cost and give together, before they are bought with one click. */
    window.Alpine.data("packTotal", () => ({
      total: "",
      init() {
        this.count({ target: this.$root.querySelector("[name='quantity']") });
      },
      count(event) {
        const quantity = event.target.valueAsNumber;
        const isOne = !event.target.checkValidity() || quantity === 1;
        this.total = isOne ? "" : this.words(quantity, this.$root.dataset);
      },
      words(quantity, pack) {
        const language = document.documentElement.lang;
        const money = new Intl.NumberFormat(language, { style: "currency", currency: pack.currency });
        const digits = money.resolvedOptions().maximumFractionDigits;
        return pack.words
          .replace("PRICE", money.format((pack.amount * quantity) / 10 ** digits))
          .replace("CREDITS", new Intl.NumberFormat(language).format(pack.credits * quantity));
      },
    }));
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    const copier = event.target.closest("[data-copy]");
    if (copier) copyText(copier);
  });

  async function copyText(button) {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.innerText.trim());
      button.dataset.done = "true";
      button.setAttribute("aria-label", button.dataset.copied);
    } catch (error) {
      window.getSelection().selectAllChildren(source);
    }
  }

  /* On narrow screens the side navigation is a strip: show the part with the current page. */
  document.addEventListener("DOMContentLoaded", () => {
    const current = document.querySelector(".qs-sidenav [aria-current]");
    if (current) current.scrollIntoView({ block: "nearest", inline: "center" });
  });

  /* The token of the nearest form goes with requests that do not send a form, so that public pages need none. */
  document.addEventListener("htmx:configRequest", (event) => {
    const form = event.target.closest("form") || document;
    const token = form.querySelector("[name='csrfmiddlewaretoken']");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  /* A form that fails validation answers 422 (or 400); its errors must be shown all the same. Any other error is a
     whole page that says what happened: its words take the place of this page's. A part stays a part. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status < 400) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    if (status === 422 || status === 400 || !/<html[\s>]/i.test(event.detail.xhr.responseText)) return;
    event.detail.target = document.getElementById("main");
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML";
  });

  /* The link over a video opens the player in the frame below it, then steps aside. */
  document.addEventListener("click", (event) => {
    const play = event.target.closest("[data-video-play]");
    if (!play) return;
    const video = play.closest("[data-video]");
    video.dataset.playing = "";
    video.querySelector("iframe").focus();
  });

  /* After a swap that brings an error, the reader is taken to the first wrong field. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const invalid = event.detail.elt.querySelector("[aria-invalid='true']");
    if (invalid) invalid.focus();
  });
})();
