// Dash around the view: mount it, drive it from the stores, write stores and address from it.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const NOTICE_MS = 8000;
  // Dash does not say that a request failed: a panel still empty after this is told.
  const PANEL_MS = 5000;
  const SEEN = "geo-astana-seen";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let view = null;
  let panel = "";
  // What opened the panel and gets the focus back.
  let opener = null;
  // The panel that Dash filled last: opened again it needs no request.
  let filled = "";
  let gridScript = "";
  let noticeTimer = null;

  const systemTheme = () => (dark.matches ? "dark" : "light");
  const byId = (id) => document.getElementById(id);

  async function load(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    return answer.json();
  }

  /** Load plotly.js once, as a script of our own host. */
  function loadPlotly(address) {
    return new Promise(function (done, failed) {
      if (window.Plotly) return done();
      const script = ns.element("script", { src: address });
      script.addEventListener("load", done);
      script.addEventListener("error", () => failed(new Error("plotly.js did not load")));
      document.head.append(script);
    });
  }

  /** The query string of all that is shown. */
  const query = () => view.links.write({ ...view.get(), panel });

  /** Let the address follow; a deliberate step is one that Back undoes. */
  function writeAddress(deliberate) {
    const next = `${window.location.pathname}?${query()}`;
    if (next === window.location.pathname + window.location.search) return;
    if (deliberate) window.history.pushState(null, "", next);
    else window.history.replaceState(null, "", next);
  }

  function say(words) {
    const place = byId("notice");
    const close = ns.element("button", { type: "button", "aria-label": "Close this notice" }, "×");
    const hide = () => place.replaceChildren();
    close.addEventListener("click", hide);
    place.replaceChildren(ns.element("div", { class: "notice" }, ns.element("span", {}, words), close));
    window.clearTimeout(noticeTimer);
    noticeTimer = window.setTimeout(hide, NOTICE_MS);
  }

  function sayWrong(wrong) {
    if (!wrong.length) return;
    const named = wrong.slice(0, 4).map((pair) => `“${pair}”`);
    if (wrong.length > 4) named.push(`${wrong.length - 4} more`);
    say(`The link has ${wrong.length === 1 ? "a part" : "parts"} that the record does not know: ${named.join(", ")}.`);
  }

  /** Ask Dash for a panel; the script of the table is large and comes when it is needed. */
  async function fillPanel(name) {
    if (name === "table") await ns.loadTable(gridScript);
    if (panel !== name) return;
    filled = name;
    dash.set_props("panel-name", { data: name });
    window.setTimeout(function () {
      if (panel !== name || byId("panel").childElementCount) return;
      filled = "";
      say("The server does not answer. Close this page and open it again to retry.");
    }, PANEL_MS);
  }

  /** Open a panel over the stage, or none; Dash fills it. */
  function showPanel(name, deliberate = true) {
    if (name === panel) return;
    if (name && !panel) opener = document.activeElement;
    panel = name;
    if (name && name !== filled) fillPanel(name).catch((error) => say(error.message));
    const box = byId("panel");
    box.hidden = !name;
    byId("page").dataset.panel = name;
    for (const button of document.querySelectorAll("[data-panel-button]")) button.setAttribute("aria-expanded", String(button.dataset.panelButton === name));
    if (!deliberate) return;
    if (name) box.focus();
    else if (opener && opener.isConnected && opener !== document.body) opener.focus();
    else view.focus();
    writeAddress(true);
  }

  /** The first visit gets a few words, once; a frame of another site may have no storage. */
  function welcome() {
    try {
      if (window.localStorage.getItem(SEEN)) return;
    } catch {
      return;
    }
    const note = byId("welcome").firstElementChild.cloneNode(true);
    for (const node of [note, ...note.querySelectorAll("[id]")]) node.removeAttribute("id");
    const [more, close] = note.querySelectorAll("button");
    const done = function () {
      note.remove();
      try {
        window.localStorage.setItem(SEEN, "yes");
      } catch {
        // Then it greets again at the next visit.
      }
    };
    close.addEventListener("click", function () {
      done();
      view.focus();
    });
    more.addEventListener("click", function () {
      done();
      showPanel("about");
    });
    view.welcome(note);
  }

  async function mount(setup) {
    const at = (name) => setup.data + name;
    gridScript = setup.grid;
    const cards = load(at("cards.json")).catch(function (error) {
      say(`Outcomes and sources could not be loaded: ${error.message}. Reload the page to try again.`);
      return { events: {}, claims: {}, sources: [] };
    });
    const names = ["payload.json", "view.json", "maps-light.json", "maps-dark.json", "lanes-light.json", "lanes-dark.json"];
    const [payload, settings, light, dark_, lanesLight, lanesDark] = await Promise.all([...names.map((name) => load(at(name))), loadPlotly(at("plotly.min.js"))]);
    view = await ns.mount(byId("view"), {
      payload,
      settings,
      cards,
      details: () => load(at("details.json")),
      figures: { maps: { light, dark: dark_ }, lanes: { light: lanesLight, dark: lanesDark } },
      topojsonURL: at("basemap/"),
      address: window.location.origin + window.location.pathname,
      query: window.location.search,
      theme: systemTheme(),
    });
    ns.view = view;
    ns.query = query;
    ns.panel = showPanel;
    const search = ns.mountSearch({ payload, lookups: view.lookups, index: () => load(at("search.json")), onPick: (found) => view.jump(found.day, found.event) });
    byId("search").replaceChildren(search.node);
    view.on("search", search.focus);
    view.on("say", say);
    view.on("arrive", () => writeAddress(true));
    view.on("rest", function (shown) {
      dash.set_props("shown", { data: shown.date });
      writeAddress(false);
    });
    window.addEventListener("popstate", function () {
      const asked = view.links.read(window.location.search);
      view.restore(window.location.search);
      showPanel(asked.values.panel || "", false);
      dash.set_props("theme", { data: view.theme() });
      sayWrong(asked.wrong);
    });
    dark.addEventListener("change", () => view.get().theme || follow(systemTheme()));
    listenToPrinter();
    for (const button of document.querySelectorAll("[data-panel-button]")) {
      button.addEventListener("click", () => showPanel(panel === button.dataset.panelButton ? "" : button.dataset.panelButton));
    }
    byId("keys-button").addEventListener("click", view.keys);
    byId("panel").addEventListener("click", function (event) {
      if (event.target.closest(".panel-close")) showPanel("");
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !event.defaultPrevented) showPanel("");
    });
    dash.set_props("theme", { data: view.theme() });
    showPanel(view.asked.values.panel || "", false);
    sayWrong(view.asked.wrong);
    welcome();
    byId("page").dataset.ready = "true";
  }

  function follow(theme) {
    view.follow(theme);
    dash.set_props("theme", { data: theme });
  }

  /** Paper is white and has its own width: print in the light theme, scaled to it. */
  function listenToPrinter() {
    let before = null;
    const drawings = () => document.querySelectorAll(".maps-plot .main-svg, .lane-drawing .main-svg");
    window.addEventListener("beforeprint", function () {
      before = view.theme();
      view.follow("light");
      byId("page").dataset.theme = "light";
      for (const svg of drawings()) {
        const [width, height] = ["width", "height"].map((name) => svg.getAttribute(name));
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        if (svg.closest(".lanes")) {
          svg.setAttribute("preserveAspectRatio", "none");
          byId("view").style.setProperty("--lanes-px", height);
        } else byId("view").style.setProperty("--ratio", width / height);
      }
    });
    window.addEventListener("afterprint", function () {
      for (const svg of drawings()) svg.removeAttribute("viewBox");
      view.follow(before);
      byId("page").dataset.theme = before;
    });
  }

  dash.geoAstanaApp = {
    mount: function (setup) {
      mount(setup).catch(function (error) {
        byId("view").textContent = `The map could not be loaded: ${error.message}. Reload the page to try again.`;
      });
      return dash.no_update;
    },
    setDate: function (date) {
      if (!view || !date) return dash.no_update;
      view.set({ date });
      return view.get().date;
    },
    setTheme: function (theme) {
      if (!view || !theme) return [dash.no_update, dash.no_update];
      const { wrong } = view.links.sift({ theme });
      if (wrong.length) {
        say(`There is no ${wrong.join()}.`);
        return [dash.no_update, dash.no_update];
      }
      view.follow(theme);
      return [theme, theme === "dark" ? "Light" : "Dark"];
    },
    switchTheme: function (clicks, theme) {
      if (!clicks) return dash.no_update;
      const next = theme === "dark" ? "light" : "dark";
      view.set({ theme: next });
      writeAddress(false);
      return next;
    },
  };
})();
