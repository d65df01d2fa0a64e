// The launcher that a shop puts into its own page:
//   <script src="https://…/chat/embed.js" data-lang="vi" async></script>
// Everything lives in a shadow tree and a frame: the shop's styles and scripts stay out of it.
"use strict";

(() => {
  const script = document.currentScript ?? document.querySelector('script[src*="/chat/embed.js"]');
  if (!script || window.carelineLauncher) return;
  const home = new URL(script.src).origin;
  const all = "careline-texts";
  const wanted = (script.dataset.lang || document.documentElement.lang || navigator.language).toLowerCase();
  const lang = Object.keys(all).find((code) => wanted === code || wanted.startsWith(`${code}-`)) ?? "en";
  const texts = all[lang];

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; inset: auto 0 0 auto; color-scheme: light dark; }
    button { position: fixed; inset-block-end: max(20px, env(safe-area-inset-bottom)); inset-inline-end: 20px;
      display: grid; place-items: center; width: 58px; height: 58px; padding: 0; border: 0; border-radius: 50%;
      background: #1d5c4f; color: #fff; cursor: pointer;
      box-shadow: 0 2px 6px rgb(0 0 0 / 18%), 0 10px 28px rgb(0 0 0 / 18%); transition: transform 140ms, background 140ms; }
    button:hover { background: #15473d; transform: translateY(-2px); }
    button:focus-visible { outline: 3px solid #84c9b7; outline-offset: 3px; }
    svg { width: 30px; height: 30px; }
    b { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; padding: 0 6px;
      border-radius: 11px; background: #a2322a; color: #fff; font: 700 13px/22px system-ui, sans-serif; text-align: center; }
    [hidden] { display: none; }
    iframe { position: fixed; inset-block-end: 92px; inset-inline-end: 20px; width: min(400px, calc(100vw - 40px));
      height: min(640px, calc(100dvh - 120px)); border: 0; border-radius: 18px; background: Canvas;
      box-shadow: 0 2px 8px rgb(0 0 0 / 14%), 0 18px 50px rgb(0 0 0 / 22%); }
    iframe.away { visibility: hidden; opacity: 0; pointer-events: none; }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; }
      .open button { display: none; }
    }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } }`;
  const SIGN = "M16 5.500c6.400 0 11.200 4.100 11.200 9.400S22.400 24.300 16 24.300c-1 0-2-.1-2.900-.3L7.600 27c-.5.3-1-.2-.9-.7l.9-4.300C5.700 20.300 4.800 17.700 4.800 14.900 4.800 9.600 9.600 5.500 16 5.500Z";

  const host = document.createElement("careline-chat");
  const root = host.attachShadow({ mode: "open" });
  // An adopted sheet is not stopped by a shop's own content policy, as a style element would be.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const panel = document.createElement("div");
  const button = document.createElement("button");
  const badge = document.createElement("b");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SIGN);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  badge.hidden = true;
  button.type = "button";
  button.append(svg, badge);
  panel.append(button);
  root.append(panel);

  let frame = null;
  let open = false;

  function remembered(value) {
    try {
      if (value !== undefined) localStorage.setItem("careline.opened", value);
      return localStorage.getItem("careline.opened") === "yes";
    } catch {
      return false;
    }
  }
  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = texts.title;
    frame.src = `${home}/chat?embedded=1&lang=${lang}`;
    frame.className = "away";
    panel.prepend(frame);
  }
  function show(now) {
    load();
    open = now;
    frame.classList.toggle("away", !open);
    panel.classList.toggle("open", open);
    label(0);
    tell();
    if (!open) button.focus();
    else remembered("yes");
  }
  function tell() {
    frame?.contentWindow?.postMessage({ careline: "shown", shown: open }, home);
  }
  function label(unread) {
    badge.hidden = open || unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    const name = open ? texts.close : texts.open;
    button.setAttribute("aria-label", badge.hidden ? name : `${name}. ${texts.unread}: ${unread}`);
    button.setAttribute("aria-expanded", String(open));
  }

  button.addEventListener("click", () => show(!open));
  addEventListener("message", (event) => {
    if (!frame || event.origin !== home || event.source !== frame.contentWindow) return;
    if (event.data?.careline === "close") show(false);
    else if (event.data?.careline === "ready") tell();
    else if (event.data?.careline === "unread") label(Number(event.data.count) || 0);
  });

  window.carelineLauncher = { open: () => show(true), close: () => frame && show(false) };
  label(0);
  const start = () => {
    document.body.append(host);
    // Whoever chatted before is told of answers that came meanwhile.
    if (remembered()) load();
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
