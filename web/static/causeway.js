// Everything the pages do beyond links and forms: keys, theme, copying, menus, dialogs, the query
// bar, picking rows, the live stream. Pages work without it; this makes them quick.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const announce = (text) => {
    const live = $("#announce");
    if (live) live.textContent = text;
  };

  // ---- theme: the class changes at once, the server remembers ----
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]")) return;
    event.preventDefault();
    const dark = !root.classList.contains("pf-v6-theme-dark");
    root.classList.toggle("pf-v6-theme-dark", dark);
    root.dataset.theme = dark ? "dark" : "light";
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", root.dataset.theme);
    fetch(form.action, { method: "POST", body, redirect: "manual" })
      .then((answer) => {
        if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
        announce(dark ? "Dark theme" : "Light theme");
      })
      .catch(() => announce("The theme was changed here and could not be saved"));
  });

  // ---- copy ----
  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("cw-copied");
    const use = $("use", button);
    const before = use && use.getAttribute("href");
    if (use) use.setAttribute("href", before.replace(/#.*/, "#check"));
    setTimeout(() => {
      button.classList.remove("cw-copied");
      if (use) use.setAttribute("href", before);
    }, 1500);
    announce("Copied");
  }

  // ---- dialogs and clicks ----
  // The first field has the focus, and what is wrong before that.
  function open(dialog) {
    if (!dialog) return;
    dialog.showModal();
    ($("[aria-invalid]", dialog) ?? $("input:not([type=hidden]), select, textarea", dialog))?.focus();
  }
  document.addEventListener("click", (event) => {
    const from = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = from("[data-dialog]"))) {
      hit.closest("[popover]:popover-open")?.hidePopover();
      open(document.getElementById(hit.dataset.dialog));
    } else if ((hit = from("[data-close]"))) {
      hit.closest("dialog")?.close();
    } else if ((hit = from("[data-copy]"))) {
      copy(hit).catch(() => announce("The browser did not allow copying"));
    } else if (from("[data-peek-close]")) {
      closePeek();
    } else if (event.target.matches("dialog")) {
      event.target.close(); // a click on the backdrop
    } else if ((hit = from("tr[data-peek]")) && !from("a, button, input, label")) {
      current(hit);
      peek(hit);
    }
  });

  // ---- menus: a popover opens below its button, inside the window ----
  // A sheet of our own and not a style attribute: copies of that, made while a part of the page is
  // replaced, would offend the policy.
  const place = new CSSStyleSheet();
  document.adoptedStyleSheets.push(place);
  document.addEventListener("toggle", (event) => {
    const pop = event.target;
    if (event.newState !== "open" || !pop.matches?.(".cw-pop")) return;
    const button = $(`[popovertarget="${pop.id}"]`);
    if (!button) return;
    const b = button.getBoundingClientRect();
    const p = pop.getBoundingClientRect();
    const below = b.bottom + 4 + p.height <= innerHeight;
    const top = below ? b.bottom + 4 : Math.max(8, b.top - 4 - p.height);
    const left = Math.max(8, Math.min(b.left, innerWidth - p.width - 8));
    place.replaceSync(`#${CSS.escape(pop.id)} { top: ${top}px; left: ${left}px; }`);
  }, true);

  // ---- typed confirmation: the button works once the name stands there ----
  document.addEventListener("input", (event) => {
    const wanted = event.target.dataset?.confirm;
    if (wanted === undefined) return;
    const button = $("[data-confirmed]", event.target.form);
    if (button) button.disabled = event.target.value !== wanted;
  });

  // ---- query bar ----
  // Backspace at the start takes the last term back into the field, to be edited.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Backspace" || field.id !== "q" || field.selectionStart !== 0 || field.selectionEnd !== 0) return;
    const token = $$(".cw-token", field.form).pop();
    if (!token) return;
    event.preventDefault();
    const text = $("[data-token]", token).value;
    token.remove();
    field.value = text + (field.value ? " " + field.value : "");
    field.setSelectionRange(text.length, text.length);
  });

  // ---- rows: one is current, several may be picked ----
  const rows = () => $$("tr[data-row]");
  function current(row) {
    for (const r of $$("tr.cw-sel")) r.classList.remove("cw-sel");
    row.classList.add("cw-sel");
    row.scrollIntoView({ block: "nearest" });
    ($("a", row) ?? row).focus({ preventScroll: true });
  }
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf($("tr.cw-sel"));
    current(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]);
  }
  function peek(row) {
    const button = $("[data-peek-button]", row);
    if (button) button.click();
  }
  function closePeek() {
    const panel = $("#peek");
    if (!panel?.firstElementChild) return false;
    panel.replaceChildren();
    const row = $("tr.cw-sel");
    if (row) ($("a", row) ?? row).focus({ preventScroll: true });
    return true;
  }
  function picked() {
    const boxes = $$("input[data-pick]:checked");
    const bar = $("#picked");
    if (!bar) return;
    bar.hidden = boxes.length === 0;
    $("[data-picked-count]", bar).textContent = boxes.length === 1 ? "1 selected" : boxes.length + " selected";
    $("[data-copy]", bar).dataset.copy = boxes.map((b) => b.value).join("\n");
    const all = $("[data-pick-all]");
    const total = $$("input[data-pick]").length;
    if (all) {
      all.checked = total > 0 && boxes.length === total;
      all.indeterminate = boxes.length > 0 && boxes.length < total;
    }
    for (const b of $$("input[data-pick]")) b.closest("tr").setAttribute("aria-selected", String(b.checked));
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches?.("[data-pick-all]")) {
      for (const b of $$("input[data-pick]")) b.checked = box.checked;
      picked();
    } else if (box.matches?.("[data-pick]")) {
      picked();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-pick-none]")) return;
    for (const b of $$("input[data-pick]")) b.checked = false;
    picked();
  });

  // ---- keys ----
  const typing = (el) => el.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  let afterG = 0; // when g was pressed, in milliseconds; an area's letter must follow within a second
  const focusOn = (selector) => {
    const el = $(selector);
    if (!el?.checkVisibility()) return false;
    el.focus();
    el.select?.();
    return true;
  };
  const keys = {
    "/": () => focusOn("#jump") || focusOn("#q"), // the box is not there on a phone
    f: () => focusOn("#q"),
    "?": () => open($("#keys")),
    j: () => move(1),
    k: () => move(-1),
    x: () => $("tr.cw-sel input[data-pick]")?.click(),
    e: () => $("[data-export]")?.click(),
    t: () => $("[data-theme-form] button")?.click(),
    Enter: () => $("tr.cw-sel a")?.click(),
    " ": () => $("tr.cw-sel") && peek($("tr.cw-sel")),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (typing(event.target)) event.target.blur();
      else if (!$("dialog[open]") && !$(":popover-open")) closePeek();
      return;
    }
    if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || $("dialog[open]")) return;
    if (event.key === "g") {
      afterG = event.timeStamp;
      return;
    }
    if (afterG && event.timeStamp - afterG < 1000) {
      afterG = 0;
      const area = $$("[data-go]").find((a) => a.dataset.go === event.key);
      if (area) {
        event.preventDefault();
        area.click();
        return;
      }
    }
    // Enter and space belong to whatever has the focus, unless that is the row's own link.
    const own = event.target.closest?.("a, button, summary, [role=button], input");
    if (event.key === "Enter" && own) return;
    if (event.key === " " && own && !own.closest("tr.cw-sel")) return;
    if (event.key === " " && own?.matches("button, input")) return;
    const run = keys[event.key];
    if (!run) return;
    if (event.key === " " && !$("tr.cw-sel")) return; // space scrolls then
    event.preventDefault();
    run();
  });

  // ---- live stream: say when it is not live ----
  const live = (event, on) => {
    const tag = $("[data-live]", event.target) ?? (event.target.matches?.("[data-live]") ? event.target : null);
    if (!tag) return;
    tag.hidden = on;
    if (on) tag.dataset.last = new Date().toLocaleTimeString([], { hour12: false });
    else tag.textContent = "Not live" + (tag.dataset.last ? ", last event " + tag.dataset.last : "");
  };
  document.addEventListener("htmx:sse:after:message", (event) => live(event, true));
  document.addEventListener("htmx:sse:after:connection", (event) => live(event, true));
  document.addEventListener("htmx:sse:error", (event) => live(event, false));
  // A finished run has changed more than its bar: the server says so with an event named reload.
  document.addEventListener("reload", () => location.reload());

  // ---- clocks: seconds since data-since, counted here and corrected whenever the server sends the element anew ----
  setInterval(() => {
    for (const el of $$("[data-since]")) {
      const s = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.since)) / 1000));
      const two = (n) => String(n).padStart(2, "0");
      el.textContent = s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
    }
  }, 1000);

  // ---- requests that replace a part of the page ----
  const region = (event) => event.detail?.ctx?.target?.closest?.("[data-busy]");
  document.addEventListener("htmx:before:request", (event) => region(event)?.classList.add("cw-loading"));
  document.addEventListener("htmx:finally:request", (event) => region(event)?.classList.remove("cw-loading"));
  // An answer that is an error does not replace what is there. A link then goes to the error's own
  // page; a part that could not be loaded says so where it would have been.
  document.addEventListener("htmx:response:error", (event) => {
    const ctx = event.detail.ctx;
    const note = ctx.sourceElement.dataset?.failed;
    if (note) {
      const p = document.createElement("p");
      p.className = "cw-note";
      p.textContent = note;
      ctx.target.replaceChildren(p);
    } else if (ctx.request.method === "GET" && ctx.sourceElement.matches("a, form")) {
      location.assign(ctx.request.action);
    } else {
      announce("The server answered " + ctx.response.status);
    }
  });
  document.addEventListener("htmx:after:process", () => start());

  // What a failed attempt left open is opened again.
  function start() {
    for (const d of $$("dialog[data-open]:not([open])")) {
      d.removeAttribute("data-open");
      open(d);
    }
    picked();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();

  // A page that leads elsewhere by itself: signing out ends at the identity provider.
  const onward = $("[data-onward]");
  if (onward) location.replace(onward.href);
})();
