// The Export panel: its controls, the preview that follows the view, downloads and jobs.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const element = (...parts) => ns.element(...parts);
  // After so many milliseconds without a change what is shown is asked for.
  const REST_MS = 250;
  // The server is asked twice a second how far a job is; so long a silence is an end.
  const SILENCE_MS = 10000;
  const LOOK_MS = 1000;
  // The last word of a job comes just after Dash says that it no longer runs.
  const LAST_WORD_MS = 1500;
  const RUN = "geo-astana-export";
  const AT_ONCE = { picture: "Download", page: "Download", data: "Download" };
  const GO = { ...AT_ONCE, deck: "Make the deck", film: "Make the film" };
  const SILENT = "The server does not answer. Try again when it does.";
  const UNKNOWN = "The server no longer knows this export. Try again.";
  // What was chosen last, by field; the panel may be made anew.
  const chosen = {};
  // The panel in the page, once there is one, and its parts by class.
  let root = null;
  const part = (name) => root.querySelector(`.export-${name}`);
  const parts = (selector) => [...root.querySelectorAll(selector)];
  // What is shown, being shown, and to be shown next, as queries of orders.
  let shown = "";
  let asking = false;
  let timer = null;
  let picture = "";
  // The name of the file to be made, "" while that is not known or cannot be.
  let name = "";
  // A download on its way.
  let download = null;
  // The job of this page: what was ordered, when it was last heard of, what it said.
  let job = null;

  const query = () => new URLSearchParams(ns.query());
  // Where the routes are, as the page's setup says.
  let addresses = {};
  const isOpen = () => root && root.isConnected && document.getElementById("page").dataset.panel === "export";

  /** Take the panel that Dash has made. */
  function mount() {
    const first = !root;
    root = document.getElementById("export");
    shown = name = "";
    if (!chosen.theme) chosen.theme = ns.view.theme();
    for (const field of parts("[data-key]")) field.dataset.type === undefined ? radios(field) : written(field);
    for (const button of parts("[data-preset]")) button.addEventListener("click", () => preset(JSON.parse(button.dataset.preset)));
    part("go").addEventListener("click", go);
    part("cancel").addEventListener("click", cancel);
    if (first) {
      for (const what of ["rest", "chosen", "arrive"]) ns.view.on(what, follow);
      new MutationObserver(follow).observe(document.getElementById("page"), { attributeFilter: ["data-panel"] });
    }
    settle();
    tell();
  }

  /** Give each choice of a field its button, the one that was chosen last pressed. */
  function radios(field) {
    const key = field.dataset.key;
    for (const label of field.querySelectorAll("[data-value]")) {
      const input = element("input", { type: "radio", name: `export-${key}`, value: label.dataset.value });
      input.addEventListener("change", function () {
        chosen[key] = input.value;
        settle();
      });
      label.prepend(input);
    }
  }

  function written(field) {
    const { key, type, start, min, max } = field.dataset;
    if (chosen[key] === undefined) chosen[key] = start;
    if (type === "date" && !chosen[key]) chosen[key] = (ns.view.get().range || [min, max])[key === "from" ? 0 : 1];
    const input = element("input", { type, min, max, ...(type === "number" ? { min: 0.5, max: 60, step: 0.5 } : {}), ...(type === "text" ? { autocomplete: "off", spellcheck: "false" } : {}) });
    input.value = chosen[key];
    input.addEventListener("input", function () {
      chosen[key] = input.value;
      settle();
    });
    field.append(input);
  }

  function preset(fields) {
    Object.assign(chosen, fields);
    settle();
  }

  /** Have the panel ask for this when it is next open. */
  ns.orderExport = function (fields) {
    Object.assign(chosen, fields);
    if (root) settle();
  };

  /** Whether what a field or a choice asks for is chosen: "what=deck film;days=tour". */
  const allowed = (when) => !when || when.split(";").every(function (clause) {
    const [key, values] = clause.split("=");
    return values.split(" ").includes(chosen[key]);
  });

  /** Show what can be chosen; of a field whose choice has gone the first is chosen. */
  function settle() {
    const link = query();
    for (const field of parts("[data-key]")) {
      field.hidden = !allowed(field.dataset.when);
      const offered = [];
      for (const label of field.querySelectorAll("[data-value]")) {
        const input = label.querySelector("input");
        const needed = label.dataset.needs;
        label.hidden = !allowed(label.dataset.when);
        input.disabled = Boolean(needed) && !link.get(needed);
        label.title = input.disabled ? "Open an event first." : "";
        if (!label.hidden && !input.disabled) offered.push(input);
      }
      const key = field.dataset.key;
      if (offered.length && !offered.some((input) => input.value === chosen[key])) chosen[key] = offered[0].value;
      for (const input of field.querySelectorAll("input")) {
        if (input.type === "radio") input.checked = input.value === chosen[key];
      }
    }
    for (const button of parts("[data-preset]")) {
      const fields = Object.entries(JSON.parse(button.dataset.preset));
      button.setAttribute("aria-pressed", String(fields.every(([key, value]) => chosen[key] === value)));
    }
    part("go").textContent = GO[chosen.what];
    changed();
  }

  /** What is ordered, as the query string that geo_astana.pictures reads. */
  function order() {
    const found = query();
    found.delete("panel");
    for (const field of parts("[data-key]")) {
      if (!field.hidden && chosen[field.dataset.key]) found.set(field.dataset.key, chosen[field.dataset.key]);
    }
    if (chosen.days === "day" && found.has("days")) found.set("dates", ns.view.get().date);
    found.delete("days");
    if (found.get("size") === "own") found.set("size", found.get("own") || "");
    found.delete("own");
    return found.toString();
  }

  const follow = () => isOpen() && settle();

  /** Ask for what is to be shown, once all is at rest. */
  function changed() {
    if (!isOpen()) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(show, REST_MS);
  }

  /** Show the order of now; one request at a time, so that old ones never pile up. */
  async function show() {
    if (asking || !isOpen()) return;
    const wanted = order();
    if (wanted === shown) return;
    asking = true;
    part("preview").setAttribute("aria-busy", "true");
    const wait = await plan(wanted);
    asking = false;
    part("preview").removeAttribute("aria-busy");
    if (wait) timer = window.setTimeout(show, wait);
    else {
      shown = wanted;
      show();
    }
  }

  /** Say what the order comes to, and draw it; how long to wait before asking again. */
  async function plan(wanted) {
    const said = await answer(`${addresses.export}plan?${wanted}`);
    if (said.wait) return said.wait;
    const told = said.blob ? JSON.parse(await said.blob.text()) : { fault: said.words };
    name = told.name || "";
    part("name").textContent = name;
    part("words").textContent = told.fault || told.words;
    part("words").classList.toggle("wrong", !name);
    part("go").disabled = !name;
    part("preview").hidden = !told.title;
    part("preview").querySelector("figcaption").textContent = told.title || "";
    if (!told.title) return 0;
    const drawn = await answer(`${addresses.export}preview.png?${wanted}`);
    if (drawn.wait) return drawn.wait;
    paper(drawn.blob, told.alt);
    if (!drawn.blob) part("words").textContent = drawn.words;
    return 0;
  }

  function paper(blob, alt) {
    const image = part("preview").querySelector("img");
    if (picture) URL.revokeObjectURL(picture);
    picture = blob ? URL.createObjectURL(blob) : "";
    image.hidden = !blob;
    image.alt = alt;
    if (blob) image.src = picture;
    else image.removeAttribute("src");
  }

  /** What the server answers: a blob, or words, or how long to wait. */
  async function answer(address, signal) {
    try {
      const got = await fetch(address, { signal });
      if (got.ok) return { blob: await got.blob() };
      if (got.status === 429 && !signal) return { wait: 1000 * Number(got.headers.get("Retry-After") || 1) };
      return { words: (await got.text()).trim() };
    } catch (error) {
      return { words: error.name === "AbortError" ? "Cancelled." : SILENT };
    }
  }

  function go() {
    if (chosen.what in AT_ONCE) fetchNow();
    else begin({ query: order(), word: word(), name });
  }

  /** Save what can be made while one waits. */
  async function fetchNow() {
    const called = name;
    const found = new URLSearchParams(order());
    const format = found.get("format");
    const what = found.get("what");
    for (const key of ["what", "format"]) found.delete(key);
    if (what === "data") found.delete("theme");
    const address = what === "data" ? `${addresses.download}events.${format}` : `${addresses.export}${what}.${what === "page" ? "html" : format}`;
    download = new AbortController();
    finish("");
    tell();
    const got = await answer(`${address}?${found}`, download.signal);
    download = null;
    if (got.blob) {
      const made = URL.createObjectURL(got.blob);
      save(made, called);
      URL.revokeObjectURL(made);
      finish(`${called} is saved.`);
    } else finish(got.words, true);
    tell();
  }

  function save(address, called) {
    element("a", { href: address, download: called }).click();
  }

  /** Letters that nobody guesses, for the order that is ours. */
  const word = () => [...window.crypto.getRandomValues(new Uint8Array(16))].map((number) => number.toString(16).padStart(2, "0")).join("");

  /** Order a job, or ask again for one that was ordered before the page was reloaded. */
  function begin(run) {
    job = { run, heard: Date.now(), step: null };
    remember(run);
    finish("");
    dash.set_props("export-run", { data: { query: run.query, word: run.word } });
    look();
    tell();
  }

  function cancel() {
    if (download) return download.abort();
    dash.set_props("export-cancel", { data: Date.now() });
    end({ state: "cancelled", words: "Cancelled." });
  }

  /** Look whether the server is still there; a page in the background is not told. */
  function look() {
    if (!job) return;
    if (document.hidden) job.heard = Date.now();
    if (Date.now() - job.heard > SILENCE_MS) end({ state: "failed", words: SILENT });
    else window.setTimeout(look, LOOK_MS);
  }

  /** The end of the job: its file is fetched, its word is said. */
  function end(how) {
    if (!job) return;
    const { run } = job;
    job = null;
    remember(null);
    if (how.state === "done") {
      const address = `${addresses.export}file/${how.token}`;
      save(address, run.name);
      finish(how.words, false, element("a", { href: address, download: run.name }, "Download again"));
    } else finish(how.words, how.state === "failed");
    tell();
  }

  /** Say the end of a download or a job, in the panel or, if that is closed, in a notice. */
  function finish(words, wrong = false, more = "") {
    last = { words, wrong, more };
    if (words && !isOpen()) ns.say(words);
  }
  let last = { words: "", wrong: false, more: "" };

  /** Show how far it is, and how the last one ended. */
  function tell() {
    if (!root) return;
    const busy = Boolean(job || download);
    const step = (job && job.step) || { done: 0, of: 0, words: download ? "It is being made" : "It is ordered" };
    const bar = part("job").querySelector("progress");
    part("go").hidden = busy;
    part("job").hidden = !busy;
    part("step").textContent = `${step.words}.`;
    if (step.of) {
      bar.max = step.of;
      bar.value = step.done;
    } else bar.removeAttribute("value");
    part("end").replaceChildren(last.words, ...(last.more ? [" ", last.more] : []));
    part("end").classList.toggle("wrong", last.wrong);
  }

  /** Keep what was ordered, so that a reload asks for it again. */
  function remember(run) {
    try {
      if (run) window.sessionStorage.setItem(RUN, JSON.stringify(run));
      else window.sessionStorage.removeItem(RUN);
    } catch {
      // Then a reload forgets the job, and the server gives it up.
    }
  }

  function remembered() {
    try {
      return JSON.parse(window.sessionStorage.getItem(RUN));
    } catch {
      return null;
    }
  }

  dash.geoAstanaExporter = {
    mount: function (children) {
      const made = [children].flat().some((child) => child && child.props && child.props.id === "export");
      if (made) mount();
      return dash.no_update;
    },
    resume: function (setup) {
      addresses = setup;
      const run = remembered();
      if (run) begin(run);
      return dash.no_update;
    },
    step: function (step) {
      if (!job || !step) return;
      Object.assign(job, { step, heard: Date.now() });
      tell();
    },
    busy: function (busy) {
      if (busy || !job) return;
      const ours = job;
      window.setTimeout(() => job === ours && end({ state: "failed", words: UNKNOWN }), LAST_WORD_MS);
    },
    end: function (how) {
      if (how) end(how);
    },
  };
})();
