/* Applies the reader's colour theme before the first paint; loaded in <head> without defer on purpose. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.remove("no-js");
  try {
    var chosen = localStorage.getItem("qs-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (error) {
    /* Storage is blocked: the system's preference applies. */
  }
})();
