// Says when new mail has come, so that nobody has to reload to find out.
const newest = document.body.dataset.newest;
const fresh = document.getElementById("fresh");

async function look() {
  try {
    const answer = await fetch("/api/latest");
    const { id } = await answer.json();
    if (id > Number(newest)) {
      if (document.body.classList.contains("listing")) location.reload();
      else { fresh.href = `/messages/${id}`; fresh.hidden = false; }
    }
  } catch {
    // The mailbox was stopped: the next look may find it again.
  }
}

if (newest !== "" || !document.querySelector(".row")) setInterval(look, 2000);
