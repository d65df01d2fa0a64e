// The chat's page: keeps what was typed until it is safe, comes back by itself, shows the log.
"use strict";

(() => {
  const { texts, element } = Draw;
  const one = (id) => document.getElementById(id);
  const [log, scroll, words, send, status, toast, newer] = [
    "log", "scroll", "words", "send", "status", "toast", "newer",
  ].map(one);
  const embedded = "embedded" in document.body.dataset;
  const TEXT_CHARS_MAX = Number(document.body.dataset.textCharsMax);
  const PING_EVERY_MS = 25_000;
  const SILENCE_MS_MAX = 40_000;
  const RETRY_MS_MAX = 20_000;

  // ---- What is kept in the browser. Where storage is refused, only as long as the page lives.

  const kept = new Map();
  function load(name) {
    try {
      return localStorage.getItem(`careline.${name}`);
    } catch {
      return kept.get(name) ?? null;
    }
  }
  function save(name, value) {
    kept.set(name, value);
    try {
      localStorage.setItem(`careline.${name}`, value);
    } catch {
      // Full or forbidden: the copy in memory has to do.
    }
  }
  function chance(bytes) {
    return [...crypto.getRandomValues(new Uint8Array(bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  }
  function loadSecret() {
    const known = load("secret");
    if (/^[0-9a-f]{32}$/.test(known ?? "")) return known;
    const made = chance(16);
    save("secret", made);
    return made;
  }
  function loadUnsent() {
    try {
      const read = JSON.parse(load("unsent") ?? "[]");
      return Array.isArray(read) ? read : [];
    } catch {
      return [];
    }
  }

  const secret = loadSecret();
  // What this page still has to send, oldest first; the copy in storage is shared by all tabs.
  let unsent = loadUnsent();
  function keep(frame) {
    unsent.push(frame);
    save("unsent", JSON.stringify([...loadUnsent(), frame]));
  }
  function forget(id) {
    unsent = unsent.filter((frame) => frame.id !== id);
    save("unsent", JSON.stringify(loadUnsent().filter((frame) => frame.id !== id)));
  }

  // ---- The log.

  let shownSeq = 0;
  let live = false;
  const myPresses = new Set();

  function turnOf(ref) {
    return ref ? log.querySelector(`[data-ref="${CSS.escape(ref)}"]`) : null;
  }
  function atEnd() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  }
  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
    newer.hidden = true;
  }

  function drawWritten(frame, at) {
    const ref = `c:${frame.id}`;
    const drawn = turnOf(ref) ?? Draw.turn(log, {
      ref, author: "customer", at, body: Draw.bubble(frame.text),
    });
    drawn.dataset.at = String(at);
    showState(drawn, frame.id, at);
  }
  function showState(drawn, id, at) {
    const waits = unsent.some((frame) => frame.id === id);
    drawn.querySelector(".under").classList.toggle("waiting", waits);
    Draw.under(drawn, waits ? texts.sending : `${Draw.time(at)} · ${texts.sent}`);
  }

  function spend(token, message) {
    const chosen = (turnOf(message) ?? log).querySelector(`[data-token="${CSS.escape(token)}"]`);
    if (!chosen) return null;
    for (const button of chosen.closest(".buttons").querySelectorAll("button")) button.disabled = true;
    chosen.classList.add("chosen");
    return chosen.textContent;
  }
  function drawPressed(frame, at) {
    const ref = `p:${frame.id}`;
    const label = spend(frame.token, frame.message);
    if (!label || turnOf(ref)) return;
    const drawn = Draw.turn(log, { ref, author: "customer", at, body: Draw.bubble(label, "choice") });
    Draw.under(drawn, Draw.time(at));
  }
  function press(message, token) {
    const frame = { t: "press", id: chance(12), token, message };
    myPresses.add(frame.id);
    keep(frame);
    drawPressed(frame, Date.now());
    toEnd();
    sendNext();
  }

  function drawSaid(ref, at, said) {
    const answered = turnOf(said.reply_to);
    const body = element("div");
    if (answered && answered !== log.lastElementChild) {
      body.append(element("div", { class: "answered", dir: "auto" }, answered.querySelector(".bubble").textContent));
    }
    body.append(Draw.bubble(said.text));
    const rows = Draw.buttons(said.buttons ?? [], (token) => press(ref, token));
    if (rows) body.append(rows);
    Draw.under(Draw.turn(log, { ref, author: "shop", at, body }), Draw.time(at));
  }
  function drawChanged(changed) {
    const drawn = turnOf(changed.message);
    if (!drawn) return;
    if (changed.text) drawn.querySelector(".bubble").replaceWith(Draw.bubble(changed.text));
    drawn.querySelector(".buttons")?.remove();
    const rows = Draw.buttons(changed.buttons ?? [], (token) => press(changed.message, token));
    if (rows) drawn.querySelector(".bubble").after(rows);
  }

  function drawEntry({ seq, origin, at, shown }) {
    if (seq <= shownSeq) return;
    shownSeq = seq;
    const follow = atEnd();
    const id = origin.slice(2);
    if (shown.kind === "wrote") drawWritten({ id, text: shown.text }, at);
    else if (shown.kind === "pressed") drawPressed({ id, ...shown }, at);
    else if (shown.kind === "said") drawSaid(origin, at, shown);
    else if (shown.kind === "changed") drawChanged(shown);
    else if (shown.kind === "told" && myPresses.delete(shown.press)) tell(shown.text.map((run) => run.text).join(""));
    countUnread(seq, shown.kind);
    one("greeting").classList.toggle("past", log.childElementCount > 0);
    if (follow || !live) toEnd();
    else if (shown.kind === "said") newer.hidden = false;
  }

  let toastTimer;
  function tell(text) {
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { toast.hidden = true; }, 6_000);
  }

  // ---- The socket.

  let socket = null;
  let attempt = 0;
  let heardAt = 0;
  let flying = null;

  function say(state, text) {
    status.className = state;
    if (status.textContent !== text) status.textContent = text;
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const made = new WebSocket(`${scheme}//${location.host}/chat/socket`);
    socket = made;
    heardAt = Date.now();
    made.addEventListener("open", () => {
      made.send(JSON.stringify({ t: "hello", secret, since: shownSeq, lang: document.documentElement.lang }));
    });
    made.addEventListener("message", (event) => {
      heardAt = Date.now();
      if (made === socket) hear(JSON.parse(event.data));
    });
    made.addEventListener("close", () => {
      if (made === socket) lost();
    });
  }
  function lost() {
    socket = null;
    live = false;
    flying = null;
    say("off", texts.offline);
    // Growing pauses with chance in them, so that all pages do not come back at once.
    const pause = Math.min(RETRY_MS_MAX, 500 * 2 ** attempt) * (0.5 + Math.random() / 2);
    attempt += 1;
    setTimeout(() => { if (!socket) connect(); }, pause);
  }
  function drop() {
    const dead = socket;
    if (!dead) return;
    lost();
    dead.close();
  }
  function hurry() {
    if (!socket) {
      attempt = 0;
      connect();
    }
  }
  setInterval(() => {
    if (!socket) return;
    if (Date.now() - heardAt > SILENCE_MS_MAX) drop();
    else if (socket.readyState === WebSocket.OPEN) socket.send('{"t":"ping"}');
  }, PING_EVERY_MS);
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) hurry();
    markRead();
  });

  function hear(frame) {
    if (frame.t === "entry") drawEntry(frame);
    else if (frame.t === "anew") {
      shownSeq = 0;
      log.replaceChildren();
      drawUnsent();
    } else if (frame.t === "ready") {
      live = true;
      attempt = 0;
      log.removeAttribute("aria-busy");
      say("on", texts.connected);
      markRead();
      sendNext();
    } else if (frame.t === "taken") taken(frame.id);
    else if (frame.t === "refused") refused(frame.id, frame.why);
  }

  // One at a time: the order stays, and the server's bound on speed is met by waiting.
  function sendNext() {
    const frame = unsent[0];
    if (!frame || flying || !live) return;
    flying = frame.id;
    socket.send(JSON.stringify(frame));
  }
  function taken(id) {
    flying = null;
    forget(id);
    const drawn = turnOf(`c:${id}`);
    if (drawn) showState(drawn, id, Number(drawn.dataset.at));
    sendNext();
  }
  function refused(id, why) {
    flying = null;
    if (why === "too-fast" || why === "not-taken") {
      tell(why === "too-fast" ? texts.tooFast : texts.notTaken);
      setTimeout(sendNext, 2_000);
      return;
    }
    const text = unsent.find((frame) => frame.id === id)?.text;
    forget(id);
    const drawn = turnOf(`c:${id}`);
    if (drawn) {
      const remove = element("button", { type: "button" }, texts.remove);
      remove.addEventListener("click", () => drawn.remove());
      drawn.querySelector(".under").className = "under failed";
      Draw.under(drawn, texts.notSent, " ", remove);
    }
    // Nothing typed is lost: it stands in the field again.
    if (text && !words.value) setDraft(text);
    sendNext();
  }
  function drawUnsent() {
    for (const frame of unsent) {
      if (frame.t === "say") drawWritten(frame, Date.now());
    }
  }

  // ---- The field.

  function fit() {
    words.style.height = "auto";
    const full = words.scrollHeight + 2;
    words.style.height = `${full}px`;
    words.style.overflowY = full > 152 ? "auto" : "hidden";
    const chars = [...words.value].length;
    const tooLong = chars > TEXT_CHARS_MAX;
    words.classList.toggle("too-long", tooLong);
    words.setAttribute("aria-invalid", String(tooLong));
    if (tooLong) tell(texts.tooLong);
    send.disabled = tooLong || words.value.trim() === "";
  }
  function setDraft(text) {
    words.value = text;
    save("draft", text);
    fit();
  }
  function submit() {
    if (send.disabled) return;
    const text = words.value.toWellFormed ? words.value.toWellFormed() : words.value;
    const frame = { t: "say", id: chance(12), text };
    keep(frame);
    setDraft("");
    drawWritten(frame, Date.now());
    toEnd();
    sendNext();
    words.focus();
  }
  words.addEventListener("input", () => setDraft(words.value));
  words.addEventListener("keydown", (event) => {
    // While an input method composes (Vietnamese, Chinese), Enter belongs to it.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && !event.shiftKey && !composing) {
      event.preventDefault();
      submit();
    }
  });
  one("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  newer.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", () => { if (atEnd()) newer.hidden = true; });
  new ResizeObserver(() => { if (!newer.hidden) return; toEnd(); }).observe(scroll);

  // ---- Read or not: the launcher in the shop's page shows how much is new.

  let looked = !embedded;
  let readSeq = Number(load("read") ?? 0);
  let unread = 0;

  function countUnread(seq, kind) {
    if (kind === "said" && seq > readSeq) unread += 1;
    markRead();
  }
  function markRead() {
    if (looked && !document.hidden && shownSeq > 0) {
      unread = 0;
      readSeq = shownSeq;
      save("read", String(readSeq));
    }
    if (embedded) parent.postMessage({ careline: "unread", count: unread }, "*");
  }
  if (embedded) {
    const close = () => parent.postMessage({ careline: "close" }, "*");
    one("close").addEventListener("click", close);
    addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    addEventListener("message", (event) => {
      if (event.source !== parent || event.data?.careline !== "shown") return;
      looked = event.data.shown === true;
      markRead();
      if (looked) {
        toEnd();
        if (matchMedia("(pointer: fine)").matches) words.focus();
      }
    });
    parent.postMessage({ careline: "ready" }, "*");
  }

  log.setAttribute("aria-busy", "true");
  setDraft(load("draft") ?? "");
  drawUnsent();
  connect();
})();
