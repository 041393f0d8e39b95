"use strict";

(() => {
  const draftKey = (form) => `draft:${form.dataset.reply}`;

  const localTimes = (root) => {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, {
      dateStyle: "short",
      timeStyle: "short",
    });
    for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
      time.textContent = format.format(new Date(time.dateTime));
      time.dataset.local = "";
    }
    for (const option of root.querySelectorAll("option[data-time]")) {
      option.textContent = format.format(new Date(option.dataset.time));
    }
  };

  const transcript = () => document.querySelector("[data-scroll]");
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; };

  const start = () => {
    localTimes(document);
    const box = transcript();
    if (box) toEnd(box);
    const form = document.querySelector("[data-reply]");
    if (form && !form.elements.text.value) {
      // A draft outlives a reload, an expired session and a restart of the desk.
      form.elements.text.value = sessionStorage.getItem(draftKey(form)) || "";
    }
  };

  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-insert]");
    if (!ready) return;
    const box = ready.form.elements.text;
    const before = box.value.trimEnd();
    box.value = before ? `${before}\n${ready.dataset.insert}` : ready.dataset.insert;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-reply]");
    if (form) sessionStorage.setItem(draftKey(form), form.elements.text.value);
  });

  // The customer sees that somebody writes; said again while it goes on, and taken back at the end.
  let typedAt = 0;
  const tellTyping = (form, on) => {
    const now = Date.now();
    if (on ? now - typedAt < 3000 : typedAt === 0) return;
    typedAt = on ? now : 0;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, on: on ? "1" : "" });
    fetch(`/handoffs/${form.dataset.reply}/typing`, { method: "POST", body }).catch(() => {});
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-reply]");
    if (form) tellTyping(form, form.elements.text.value.trim() !== "");
  });

  const showTyping = (on) => {
    const place = document.getElementById("typing");
    if (place) place.hidden = !on;
  };

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-reply]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-leave]")) sessionStorage.clear();
    if (event.target.matches("[data-close]")) {
      sessionStorage.removeItem(`draft:${event.target.dataset.close}`);
    }
  });

  let sent = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("[data-reply]");
    if (form) sent = form.elements.text.value;
  });

  document.addEventListener("reply-sent", () => {
    const form = document.querySelector("[data-reply]");
    const box = form.elements.text;
    // Whatever was typed while the reply was on its way is the start of the next one.
    box.value = box.value.startsWith(sent) ? box.value.slice(sent.length).trimStart() : box.value;
    sessionStorage.setItem(draftKey(form), box.value);
    tellTyping(form, false);
  });

  let follow = true;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = transcript();
    follow = !box || atEnd(box);
    // The desk says where its errors belong; anybody else's must not replace what is shown.
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });

  document.addEventListener("htmx:afterSettle", () => {
    localTimes(document);
    const box = transcript();
    if (box && follow) toEnd(box);
  });

  const offline = (on) => { document.getElementById("offline").hidden = !on; };
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:timeout", () => offline(true));
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) offline(true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) offline(false);
  });

  // A hidden page keeps no stream: browsers allow six connections to a host, over all its windows.
  const listen = (place) => {
    const name = place.dataset.event;
    const tell = () => htmx.trigger(document.body, `desk-${name}`);
    let stream = null;
    const open = () => {
      if (document.hidden || (stream && stream.readyState !== EventSource.CLOSED)) return;
      stream = new EventSource(place.dataset.events);
      stream.addEventListener(name, tell);
      stream.addEventListener("typing", ({ data }) => showTyping(data === "on"));
    };
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && stream) stream.close();
      open();
    });
    // Whatever ends the stream, the page goes on by asking.
    setInterval(() => {
      if (document.hidden || (stream && stream.readyState === EventSource.OPEN)) return;
      tell();
      open();
    }, 2000);
    open();
  };
  const events = document.querySelector("[data-events]");
  if (events) addEventListener("load", () => listen(events));

  // A file is only read here: it reaches the desk as the text that it fills in.
  for (const chosen of document.querySelectorAll("input[type=file][data-into]")) {
    chosen.closest("[hidden]")?.removeAttribute("hidden");
    chosen.addEventListener("change", async () => {
      const [file] = chosen.files;
      if (file) document.getElementById(chosen.dataset.into).value = await file.text();
    });
  }

  // Ready before or after htmx has looked at the page: it loads first, both are deferred.
  start();
})();
