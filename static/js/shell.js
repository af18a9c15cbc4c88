// The page shell: theme, menu, dialogs, keyboard, and what is said when a request fails. Pages work without it.
"use strict";

(() => {
  const themes = ["", "light", "dark"];
  const themeNames = { "": "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  function showTheme(theme) {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.querySelectorAll("[data-theme-name]").forEach((place) => { place.textContent = themeNames[theme]; });
  }

  function nextTheme() {
    const theme = themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length];
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `theme=${theme};path=/;max-age=${theme ? 31536000 : 0};samesite=lax${secure}`;
    showTheme(theme);
  }

  function toggleMenu(button) {
    const open = byId("rail-body").classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
  }

  // Behind an open dialog nobody would see or hear it.
  const noticesInSight = () => byId(byId("dialog")?.open ? "dialog-notices" : "notices");

  function say(sentence, tone = "error") {
    const notices = noticesInSight();
    if (!notices) return;
    const notice = document.createElement("div");
    notice.className = `notice notice-${tone}`;
    notice.setAttribute("role", tone === "error" ? "alert" : "status");
    const text = document.createElement("p");
    text.textContent = sentence;
    notice.append(document.createElement("span"), text);
    notices.replaceChildren(notice);
    notices.scrollIntoView({ block: "nearest" });
  }

  const failures = {
    401: "You are signed out. Sign in again in another tab, then repeat the step: what you typed is still here.",
    403: "You may see this but not do it. Ask its owner or the Major Incident Manager.",
    404: "It is not there any more. Reload the page to see what is.",
    413: "That is too large. Shorten it or attach it as a smaller file.",
    428: "The page is out of date. Copy what you typed, reload and try again.",
    429: "Too many requests at once. Wait a minute and try again.",
  };

  // Single keys can be turned off, for people who speak or mistype (WCAG 2.1.4).
  const keysOn = () => localStorage.getItem("single-keys") !== "off";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  let afterG = 0;

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !keysOn()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-search]") || document.querySelector(".filters input");
      if (!field) return;
      event.preventDefault();
      field.focus();
    } else if (event.key === "?") {
      byId("keys")?.showModal();
    } else if (event.key === "g") {
      afterG = Date.now();
    } else if (Date.now() - afterG < 1500) {
      afterG = 0;
      document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-menu], [data-theme-next], [data-keys], [data-close], [data-dismiss], [aria-disabled='true']");
    if (!target) {
      if (event.target.tagName === "DIALOG") event.target.close();
      return;
    }
    if (target.matches("[aria-disabled='true']")) {
      event.preventDefault();
      // A reason that does not stand beside it is said when it is pressed.
      const reason = byId(target.getAttribute("aria-describedby"));
      if (reason?.matches(".visually-hidden")) say(reason.textContent, "info");
    }
    else if (target.matches("[data-menu]")) { event.preventDefault(); toggleMenu(target); }
    else if (target.matches("[data-theme-next]")) nextTheme();
    else if (target.matches("[data-keys]")) byId("keys").showModal();
    else if (target.matches("[data-close]")) {
      // On a page of its own the link leads back instead.
      const dialog = target.closest("dialog");
      if (dialog) { event.preventDefault(); dialog.close(); }
    }
    else target.closest(".notice").remove();
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-on]")) localStorage.setItem("single-keys", event.target.checked ? "on" : "off");
  });

  let underWay = 0;
  const working = (step) => {
    underWay = Math.max(0, underWay + step);
    byId("page-working")?.classList.toggle("is-on", underWay > 0);
  };
  const quiet = (event) => event.detail.elt.closest("[data-quiet]") || event.detail.elt.closest("[data-autosave]");
  document.addEventListener("htmx:beforeRequest", (event) => { if (!quiet(event)) working(1); });
  document.addEventListener("htmx:afterRequest", (event) => { if (!quiet(event)) working(-1); });

  // What is answered while somebody presses waits until they let go: a press on a part that is replaced, or moves,
  // meanwhile would be lost. A list that a press opens may swallow its end, so nothing waits for long.
  const LONGEST_PRESS = 1000;
  let pressed = 0;
  let waiting = [];
  const letGo = () => {
    clearTimeout(pressed);
    pressed = 0;
    // The click comes first.
    setTimeout(() => waiting.splice(0).forEach((take) => take()));
  };
  window.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    clearTimeout(pressed);
    pressed = setTimeout(letGo, LONGEST_PRESS);
  }, true);
  ["pointerup", "pointercancel"].forEach((name) => window.addEventListener(name, letGo, true));
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
    const take = xhr.onload;
    xhr.onload = () => {
      if (pressed) waiting.push(() => (xhr.readyState === XMLHttpRequest.DONE ? take() : xhr.onabort()));
      else take();
    };
  });

  function ready(part) {
    part.querySelectorAll("[data-theme-next], [data-keys], [data-dismiss]").forEach((button) => { button.hidden = false; });
    part.querySelectorAll("[data-focus]").forEach((place) => place.focus());
  }

  // Paper has no folds: what is folded is opened for the print, and folded again after it.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("main details:not([open])")];
    unfolded.forEach((part) => { part.open = true; });
  });
  window.addEventListener("afterprint", () => {
    unfolded.forEach((part) => { part.open = false; });
    unfolded = [];
  });

  // On a phone the tabs go on beyond the edge: the current one is brought into sight.
  function showCurrentTab() {
    document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
      const list = tab.closest("ul");
      list.scrollLeft = tab.offsetLeft - list.offsetLeft - (list.clientWidth - tab.offsetWidth) / 2;
    });
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "notices") event.detail.target = noticesInSight();
    if (event.detail.target.id !== "dialog-body") return;
    const dialog = byId("dialog");
    // A form that is open in the dialog is replaced by its own answer only: what is typed in it is not lost.
    if (dialog.open && !dialog.contains(event.detail.requestConfig.elt)) event.detail.shouldSwap = false;
    else byId("dialog-notices").replaceChildren();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const body = event.detail.target;
    if (body.id === "dialog-body") {
      const dialog = byId("dialog");
      dialog.setAttribute("aria-label", body.querySelector("h1, h2")?.textContent.trim() || "Step");
      if (!dialog.open) dialog.showModal();
    }
    ready(body);
  });
  // A view that ends a step in the dialog answers with the header HX-Trigger: dialog-done.
  document.addEventListener("dialog-done", () => byId("dialog").close());
  document.addEventListener("htmx:responseError", (event) => {
    if (quiet(event)) return;
    say(failures[event.detail.xhr.status] || "That did not work, and nothing was changed. Try again in a moment.");
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!quiet(event)) say("The server can't be reached. What you typed is still here: try again when you are connected.");
  });

  showTheme(root.dataset.theme || "");
  document.querySelectorAll("[data-keys-on]").forEach((box) => { box.checked = keysOn(); });
  ready(document);
  showCurrentTab();
  // A page that reloads keeps where it was scrolled to: what just happened is brought into sight.
  addEventListener("load", () => {
    const notices = byId("notices");
    if (notices?.children.length) requestAnimationFrame(() => notices.scrollIntoView({ block: "nearest" }));
  });
})();
