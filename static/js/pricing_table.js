/* Puts Stripe's own pricing table in the place of ours, once it is really there. Until then, and where Stripe
   is blocked, slow or does not answer, ours stays: it is in the page. */
(function () {
  "use strict";

  const PATIENCE = 6000; /* milliseconds, after which ours stays for good */
  const LEAST_HEIGHT = 120; /* pixels: an element that shows less has not rendered a table */

  const holder = document.querySelector("[data-stripes-table]");
  const ours = holder && document.getElementById(holder.dataset.replaces);
  if (!holder || !ours) return;

  let over = false;
  const timer = setTimeout(keepOurs, PATIENCE);

  function keepOurs() {
    over = true;
    clearTimeout(timer);
    holder.remove();
  }

  function show() {
    if (over) return;
    if (ours.contains(document.activeElement)) return keepOurs(); /* somebody is choosing there already */
    over = true;
    clearTimeout(timer);
    holder.classList.remove("is-waiting");
    ours.hidden = true;
  }

  async function session() {
    const answer = await fetch(holder.action, { method: "POST", body: new FormData(holder) });
    if (!answer.ok) throw new Error("There is no session for this table.");
    return answer.json();
  }

  function script() {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = holder.dataset.script;
      element.async = true;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  function embed(told) {
    if (over) return;
    const table = document.createElement("stripe-pricing-table");
    table.setAttribute("pricing-table-id", holder.dataset.table);
    table.setAttribute("publishable-key", holder.dataset.key);
    table.setAttribute("customer-session-client-secret", told.client_secret);
    table.setAttribute("client-reference-id", told.reference);
    holder.hidden = false;
    holder.classList.add("is-waiting");
    holder.append(table);
    new ResizeObserver((entries, observer) => {
      if (table.offsetHeight < LEAST_HEIGHT) return;
      observer.disconnect();
      show();
    }).observe(table);
  }

  Promise.all([session(), script()])
    .then(([told]) => embed(told))
    .catch(keepOurs);
})();
