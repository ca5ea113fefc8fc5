/* Keeps the preview of a plan's card in step with the form around it. */
(() => {
  const PAUSE = 400;

  function follow(frame) {
    const form = frame.closest("form");
    let timer;
    let asked = 0;

    async function refresh() {
      asked += 1;
      const mine = asked;
      const answer = await fetch(frame.dataset.planPreview, { method: "POST", body: new FormData(form) });
      if (answer.ok && mine === asked) {
        frame.srcdoc = await answer.text();
      }
    }

    function fit() {
      frame.style.height = `${frame.contentDocument.documentElement.scrollHeight}px`;
    }

    function soon() {
      clearTimeout(timer);
      timer = setTimeout(refresh, PAUSE);
    }

    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("click", soon);
    frame.addEventListener("load", fit);
    refresh();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-plan-preview]").forEach(follow);
  });
})();
