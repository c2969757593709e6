// The Embed panel: its controls, the frame as another page would show it, the line to copy.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const element = (...parts) => ns.element(...parts);
  // A higher frame is shown smaller.
  const MOST_PX = 720;
  const LEAST_PX = 280;
  // The line around the frame in the panel.
  const EDGE_PX = 1;
  // After so many milliseconds without another choice a frame is loaded.
  const REST_MS = 250;
  const GROWS = ["grows", "driven"];
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const COPIED = "Copied.";
  const BY_HAND = "This browser does not let the page copy: the line is selected, press Ctrl+C or ⌘C.";
  const TITLE = "Syria’s ceasefire talks";
  // What was chosen last, by field; the panel may be made anew.
  const chosen = { kind: "slide", width: "600", day: "shown", clock: "on", theme: "", into: "html" };
  // The panel in the page, once there is one, and what Python says of it.
  let root = null;
  let setup = null;
  let line = null;
  // The frame of the preview, what it was made of, and when it is made anew.
  let frame = null;
  let framed = "";
  let timer = null;

  const part = (name) => root.querySelector(`.embedder-${name}`);
  const parts = (selector) => [...root.querySelectorAll(selector)];
  const isOpen = () => root && root.isConnected && document.getElementById("page").dataset.panel === "embed";
  const address = () => window.location.origin + window.location.pathname;

  /** Take the panel that Dash has made. */
  function mount() {
    const first = !root;
    root = document.getElementById("embedder");
    setup = JSON.parse(root.dataset.setup);
    frame = null;
    line = element("textarea", { readonly: "", rows: 4, spellcheck: "false", wrap: "soft" });
    line.addEventListener("focus", () => line.select());
    part("line").append(line);
    for (const field of parts("[data-key]")) radios(field);
    root.querySelector(".export-go").addEventListener("click", copy);
    new ResizeObserver(fit).observe(part("stage"));
    if (first) {
      for (const what of ["rest", "chosen", "arrive"]) ns.view.on(what, settle);
      new MutationObserver(settle).observe(document.getElementById("page"), { attributeFilter: ["data-panel"] });
    }
    settle();
  }

  function radios(field) {
    const key = field.dataset.key;
    for (const label of field.querySelectorAll("[data-value]")) {
      const input = element("input", { type: "radio", name: `embedder-${key}`, value: label.dataset.value });
      input.checked = chosen[key] === input.value;
      input.addEventListener("change", function () {
        chosen[key] = input.value;
        settle();
      });
      label.prepend(input);
    }
  }

  /** What the frame shows, by the keys of a link. */
  function values() {
    const { date, range, theme, marks, ...rest } = ns.view.get();
    return { ...(chosen.day === "shown" ? { date, range } : {}), ...rest, ...(chosen.theme ? { theme: chosen.theme } : {}) };
  }

  const mode = () => ({ embed: chosen.kind, ...(chosen.clock === "off" && chosen.kind !== "card" ? { clock: "off" } : {}) });

  function linked(what) {
    const query = ns.view.links.write(what);
    return query ? `${address()}?${query}` : address();
  }

  /** Let the panel follow the view and what is chosen; closed, it frames nothing. */
  function settle() {
    if (!root) return;
    if (!isOpen()) {
      window.clearTimeout(timer);
      if (frame) frame.remove();
      frame = null;
      return;
    }
    for (const field of parts("[data-when]")) {
      const [key, allowed] = (field.dataset.when || "").split("=");
      field.hidden = Boolean(key) && !allowed.split(" ").includes(chosen[key]);
    }
    const { name, told } = setup.lines[chosen.into];
    part("place").textContent = `The line for ${name}`;
    part("told").textContent = told;
    const text = filled();
    if (line.value !== text) {
      line.value = text;
      part("copied").textContent = "";
    }
    show();
  }

  /** Width and height of the frame in pixels; a column is as wide as there is room. */
  function size() {
    const inColumn = chosen.width === "column" || GROWS.includes(chosen.into);
    const room = Math.max(LEAST_PX, part("stage").clientWidth - 2 * EDGE_PX);
    const width = inColumn ? room : Number(chosen.width);
    const own = GROWS.includes(chosen.into) && frame && frame.contentWindow.geoAstana && frame.contentWindow.geoAstana.height;
    return { width, inColumn, height: own ? own() : heightAt(inColumn ? setup.columnPx : width) };
  }

  /** As `snippets.height` has it. */
  function heightAt(width) {
    const points = setup.heights[chosen.kind];
    if (width <= points[0][0]) return points[0][1];
    for (let at = 1; at < points.length; at += 1) {
      const [[left, low], [right, high]] = [points[at - 1], points[at]];
      if (width <= right) return Math.round(low + ((high - low) * (width - left)) / (right - left));
    }
    return points[points.length - 1][1];
  }

  /** The line, its parts filled in. */
  function filled() {
    const { text, marked } = setup.lines[chosen.into];
    const shown = values();
    const src = linked({ ...shown, ...mode() });
    const plain = chosen.kind === "slide" && chosen.clock === "on";
    const day = shown.date ? `${TITLE} on ${ns.longDate(ns.view.lookups.date(ns.view.lookups.day(shown.date)))}` : `${TITLE}, day by day`;
    const inColumn = chosen.width === "column";
    const told = {
      src,
      page: plain ? linked(shown) : src,
      link: linked(shown),
      title: day,
      width: chosen.width,
      height: heightAt(inColumn || GROWS.includes(chosen.into) ? setup.columnPx : Number(chosen.width)),
      script: address() + setup.script,
      name: ["geo-astana", chosen.kind, shown.date].filter(Boolean).join("-"),
      date: ns.view.get().date,
    };
    const escaped = (value) => (marked ? String(value).replace(/[&<>"]/g, (letter) => ENTITIES[letter]) : value);
    const sized = text.replace("{size}", inColumn ? setup.column : setup.sized);
    return sized.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(told, name) ? escaped(told[name]) : whole));
  }

  /** Frame the view: anew for another kind, else the frame goes where the view is. */
  function show() {
    window.clearTimeout(timer);
    if (frame && framed === wanted()) {
      const inside = frame.contentWindow.geoAstana;
      if (inside && inside.view) inside.view.restore(query());
      return fit();
    }
    part("stage").setAttribute("aria-busy", "true");
    timer = window.setTimeout(renew, frame ? REST_MS : 0);
    fit();
  }

  const query = () => ns.view.links.write({ ...values(), ...mode() });
  /** What a frame cannot change itself. */
  const wanted = () => [ns.view.links.write(mode()), chosen.width, chosen.theme].join();

  /** Another address of a frame would be a step of Back: another frame is none. */
  function renew() {
    if (frame) frame.remove();
    framed = wanted();
    frame = element("iframe", { src: `${address()}?${query()}`, title: `Preview: ${name("kind")}` });
    frame.addEventListener("load", () => ready(frame));
    part("stage").append(frame);
    fit();
  }

  /** Once the view in a frame stands it goes where the view has gone in the meantime. */
  function ready(made) {
    const page = made.contentDocument && made.contentDocument.getElementById("page");
    const waiting = new MutationObserver(arrived);
    function arrived() {
      if (made !== frame || (page && page.dataset.ready !== "true")) return;
      waiting.disconnect();
      part("stage").removeAttribute("aria-busy");
      show();
    }
    if (page) waiting.observe(page, { attributeFilter: ["data-ready"] });
    arrived();
  }

  const name = (key) => root.querySelector(`[data-key="${key}"] [data-value="${chosen[key]}"]`).textContent;

  /** Show the frame in its own pixels, smaller if it has no room. */
  function fit() {
    if (!isOpen() || !frame) return;
    const { width, height, inColumn } = size();
    const stage = part("stage");
    const scale = Math.min(1, (stage.clientWidth - 2 * EDGE_PX) / width, MOST_PX / height);
    Object.assign(frame.style, { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` });
    stage.style.height = `${Math.ceil(height * scale) + 2 * EDGE_PX}px`;
    const shown = scale < 1 ? `, shown at ${Math.round(100 * scale)} %` : "";
    const across = inColumn ? "As wide as its column" : `${width} × ${height} pixels`;
    root.querySelector("figcaption").textContent = `${across}${shown}.`;
  }

  async function copy() {
    let done = false;
    try {
      await navigator.clipboard.writeText(line.value);
      done = true;
    } catch {
      // A page that was not loaded safely has no clipboard of this kind.
      line.focus();
      line.select();
      done = document.execCommand("copy");
      if (done) root.querySelector(".export-go").focus();
    }
    part("copied").textContent = done ? COPIED : BY_HAND;
  }

  dash.geoAstanaEmbedder = {
    mount: function (children) {
      const made = [children].flat().some((child) => child && child.props && child.props.id === "embedder");
      if (made) mount();
      return dash.no_update;
    },
  };
})();
