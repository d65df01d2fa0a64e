// Draws entries of the log. Foreign words only ever become text nodes.
"use strict";

const Draw = (() => {
  const texts = JSON.parse(document.body.dataset.texts);
  const lang = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
  const calendar = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long" });
  // Bubbles closer than this and by the same author belong together.
  const TOGETHER_MS = 5 * 60 * 1000;

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  function webAddress(text) {
    try {
      const url = new URL(text);
      return url.protocol === "https:" || url.protocol === "http:" ? url : null;
    } catch {
      return null;
    }
  }

  function outward(url, ...children) {
    return element(
      "a",
      { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: texts.opensPage },
      ...children,
    );
  }

  // One run of text in its style; a link whose words hide where it leads names the host.
  function run({ text, style = {} }) {
    let node = document.createTextNode(text);
    if (style.code) node = element("code", {}, node);
    if (style.bold) node = element("strong", {}, node);
    if (style.italic) node = element("em", {}, node);
    const url = style.link && webAddress(style.link);
    if (url) {
      const names = text.includes(url.host);
      node = outward(url, node);
      if (!names) {
        const both = document.createDocumentFragment();
        both.append(node, element("span", { class: "host" }, ` (${url.host})`));
        node = both;
      }
      // A picture of an answer stands under its words; a film stays a link.
      if (style.shown && url.protocol === "https:" && /\.(png|jpe?g|gif|webp)$/i.test(url.pathname)) {
        const both = document.createDocumentFragment();
        both.append(node, element("img", { class: "shown", src: url.href, alt: text, loading: "lazy" }));
        node = both;
      }
    }
    return style.quote ? element("q", {}, node) : node;
  }

  // Addresses in what the visitor typed stay plain text: they wrote them.
  function bubble(content, extra = "") {
    const made = element("div", { class: `bubble ${extra}`.trim(), dir: "auto" });
    if (typeof content === "string") made.append(content);
    else made.append(...content.map(run));
    return made;
  }

  function button({ label, press, look }, onPress) {
    const kind = `press ${look ?? "plain"}`;
    if (press.press === "link") {
      const url = webAddress(press.url);
      if (!url) return null;
      const made = outward(url, label, element("span", { class: "host" }, url.host));
      made.className = kind;
      return made;
    }
    const made = element("button", { type: "button", class: kind, dir: "auto", "data-token": press.token }, label);
    made.addEventListener("click", () => onPress(press.token));
    return made;
  }

  function buttons(rows, onPress) {
    const drawn = rows
      .map((row) => element("div", {}, ...row.map((one) => button(one, onPress)).filter(Boolean)))
      .filter((row) => row.childElementCount > 0);
    return drawn.length > 0 ? element("div", { class: "buttons" }, ...drawn) : null;
  }

  function dayName(at) {
    const midnight = new Date().setHours(0, 0, 0, 0);
    const day = new Date(at).setHours(0, 0, 0, 0);
    if (day === midnight) return texts.today;
    if (day === new Date(midnight - 1).setHours(0, 0, 0, 0)) return texts.yesterday;
    return calendar.format(at);
  }

  // Appends a turn, with the day above it where it is another day.
  function turn(log, { ref, author, at, body }) {
    const before = [...log.querySelectorAll(".turn")].at(-1);
    const newDay = !before || new Date(Number(before.dataset.at)).toDateString() !== new Date(at).toDateString();
    if (newDay) log.append(element("li", { class: "day" }, dayName(at)));
    const same = !newDay && before.dataset.author === author && at - Number(before.dataset.at) < TOGETHER_MS;
    const made = element(
      "li",
      { class: `turn ${author}${same ? " same" : ""}`, "data-ref": ref, "data-author": author, "data-at": String(at) },
      element("span", { class: "who" }, author === "shop" ? texts.shop : texts.you),
      body,
      element("div", { class: "under" }),
    );
    log.append(made);
    return made;
  }

  function under(turnDrawn, ...words) {
    turnDrawn.querySelector(".under").replaceChildren(...words);
  }

  return { texts, element, bubble, buttons, turn, under, time: (at) => clock.format(at) };
})();
