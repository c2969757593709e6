// Dash around the view: mount it, drive it from the stores, write stores and address from it.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  // Dash does not say that a request failed: a panel still empty after this is told.
  const PANEL_MS = 5000;
  const SEEN = "geo-astana-seen";
  let view = null;
  let writeAddress = null;
  let bookmarks = null;
  let panel = "";
  // What opened the panel and gets the focus back.
  let opener = null;
  // The panel that Dash filled last: opened again it needs no request.
  let filled = "";
  let gridScript = "";

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

  /** Ask Dash for a panel; the script of the table is large and comes when it is needed. */
  async function fillPanel(name) {
    if (name === "table") await ns.loadTable(gridScript);
    if (panel !== name) return;
    filled = name;
    dash.set_props("panel-name", { data: name });
    window.setTimeout(function () {
      if (panel !== name || byId("panel").childElementCount) return;
      filled = "";
      ns.say("The server does not answer. Close this page and open it again to retry.");
    }, PANEL_MS);
  }

  /** Open a panel over the stage, or none; Dash fills it. */
  function showPanel(name, deliberate = true) {
    if (name === panel) return;
    if (name && !panel) opener = document.activeElement;
    panel = name;
    if (name && name !== filled) fillPanel(name).catch((error) => ns.say(error.message));
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
    const shell = await ns.mountShell({
      read: (name) => load(at(name)),
      plotly: loadPlotly(at("plotly.min.js")),
      topojsonURL: at("basemap/"),
      address: window.location.origin + window.location.pathname,
      more: () => ({ panel, marks: bookmarks ? bookmarks.get() : [] }),
      mount: { mark: () => bookmarks.toggle() },
      onRestore: function (values) {
        bookmarks.set(values.marks || []);
        showPanel(values.panel || "", false);
      },
      onTheme: (theme) => dash.set_props("theme", { data: theme }),
      onRest: (shown) => dash.set_props("shown", { data: shown.date }),
    });
    ({ view, writeAddress } = shell);
    ns.view = view;
    ns.query = shell.query;
    ns.panel = showPanel;
    bookmarks = ns.mountBookmarks({ view, writeAddress, showPanel });
    for (const button of document.querySelectorAll("[data-panel-button]")) {
      button.addEventListener("click", () => showPanel(panel === button.dataset.panelButton ? "" : button.dataset.panelButton));
    }
    byId("panel").addEventListener("click", function (event) {
      if (event.target.closest(".panel-close")) showPanel("");
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !event.defaultPrevented) showPanel("");
    });
    shell.begin();
    welcome();
    byId("page").dataset.ready = "true";
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
        ns.say(`There is no ${wrong.join()}.`);
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
