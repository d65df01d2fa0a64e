// Keeps a page live: the server sends its live part anew, only what differs is touched, so that
// focus, open folds and what is being typed stay.
"use strict";

(() => {
  const lang = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
  const calendar = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

  // Times in the reader's own zone: only the clock for today.
  function localTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      const today = at.toDateString() === new Date().toDateString();
      time.textContent = (today ? clock : calendar).format(at);
      time.title = at.toLocaleString(lang);
    }
  }

  // Makes `old` look like `wanted`, keeping the nodes that are alike.
  function become(old, wanted) {
    for (const { name, value } of [...wanted.attributes]) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      const kept = name === "open" && old.nodeName === "DETAILS";
      if (!kept && !wanted.hasAttribute(name)) old.removeAttribute(name);
    }
    children(old, wanted);
  }
  const alike = (one, other) =>
    one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "");
  function children(old, wanted) {
    let here = old.firstChild;
    for (const next of [...wanted.childNodes]) {
      let match = here;
      if (next.id) {
        for (match = here; match && !alike(match, next); match = match.nextSibling);
      }
      if (match && alike(match, next)) {
        while (here !== match) {
          const gone = here;
          here = here.nextSibling;
          gone.remove();
        }
        here = match.nextSibling;
        if (match.nodeType === Node.ELEMENT_NODE) become(match, next);
        else if (match.data !== next.data) match.data = next.data;
      } else {
        old.insertBefore(next, here);
      }
    }
    while (here) {
      const gone = here;
      here = here.nextSibling;
      gone.remove();
    }
  }

  function lost(is) {
    document.getElementById("lost")?.remove();
    if (!is) return;
    const notice = document.createElement("p");
    notice.id = "lost";
    notice.setAttribute("role", "status");
    notice.textContent = document.body.dataset.lost;
    document.body.append(notice);
  }

  const live = document.getElementById("live");
  const atEnd = () => innerHeight + scrollY >= document.body.scrollHeight - 80;
  function follow() {
    const source = new EventSource(live.dataset.live);
    source.addEventListener("part", (event) => {
      lost(false);
      const end = atEnd();
      const wanted = document.createElement("div");
      wanted.innerHTML = event.data;
      localTimes(wanted);
      children(live, wanted);
      if (end && live.nextElementSibling) scrollTo(0, document.body.scrollHeight);
    });
    source.addEventListener("over", () => location.reload());
    source.addEventListener("error", () => {
      lost(true);
      // Refused rather than broken off: it will not come back by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5_000);
    });
    addEventListener("pagehide", () => source.close());
  }

  // A form that acts is sent without leaving the page; the live part shows what came of it.
  async function submit(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: "application/json" },
      });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      const { click } = await answer.json();
      const text = form.querySelector("textarea");
      if (text) {
        form.elements.click.value = click;
        text.value = "";
        keepDraft(text);
        text.focus();
      }
      lost(false);
    } catch {
      // What was written stays in the field, with the same token: sent again, it acts once.
      lost(true);
    } finally {
      setTimeout(() => { button.disabled = false; }, 400);
    }
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-act]")) return;
    event.preventDefault();
    submit(event.target);
  });

  // What was typed outlives a reload.
  const nameOf = (text) =>
    `careline.draft.${text.closest("[data-conversation]").dataset.conversation}.${text.form.elements.act.value}`;
  function keepDraft(text) {
    if (text.value) sessionStorage.setItem(nameOf(text), text.value);
    else sessionStorage.removeItem(nameOf(text));
  }
  for (const text of document.querySelectorAll(".composer textarea")) {
    text.value = sessionStorage.getItem(nameOf(text)) ?? "";
    text.addEventListener("input", () => keepDraft(text));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) text.form.requestSubmit();
    });
  }

  // Whoever reads and scrolls is here, too: said at most once a minute.
  let saidAt = Date.now();
  function here() {
    const form = document.body.dataset.form;
    if (!form || Date.now() - saidAt < 60_000) return;
    saidAt = Date.now();
    fetch("/console/here", { method: "POST", body: new URLSearchParams({ form }) }).catch(() => {});
  }
  for (const sign of ["pointerdown", "keydown", "scroll"]) addEventListener(sign, here, { passive: true });

  localTimes(document);
  if (live) {
    follow();
    if (live.nextElementSibling) scrollTo(0, document.body.scrollHeight);
  }
})();
