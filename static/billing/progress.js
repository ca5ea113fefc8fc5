/* Loads a page anew every three seconds while what it shows goes on. */
(() => {
  const PAUSE = 3000;

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-still-busy]")) {
      setTimeout(() => window.location.reload(), PAUSE);
    }
  });
})();
