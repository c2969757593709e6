// Dash around the view: mount it, drive it from the stores, write the stores from it.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  let view = null;

  const wantsDark = () => window.matchMedia("(prefers-color-scheme: dark)").matches;
  const parameters = () => new URLSearchParams(window.location.search);

  function firstTheme() {
    const asked = parameters().get("theme");
    return asked === "dark" || asked === "light" ? asked : wantsDark() ? "dark" : "light";
  }

  async function load(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    return answer.json();
  }

  /** Load plotly.js once, as a script of our own host. */
  function loadPlotly(address) {
    return new Promise(function (done, failed) {
      if (window.Plotly) return done();
      const script = window.geoAstana.element("script", { src: address });
      script.addEventListener("load", done);
      script.addEventListener("error", () => failed(new Error("plotly.js did not load")));
      document.head.append(script);
    });
  }

  /** Put the date, and the theme where it was chosen, into the address. */
  function writeAddress(change) {
    const query = parameters();
    for (const [key, value] of Object.entries(change)) query.set(key, value);
    window.history.replaceState(null, "", `${window.location.pathname}?${query}`);
  }

  function notice(words) {
    const place = document.getElementById("notice");
    place.replaceChildren(window.geoAstana.element("span", { class: "notice" }, words));
    window.setTimeout(() => place.replaceChildren(), 6000);
  }

  async function mount(setup) {
    const at = (name) => setup.data + name;
    const theme = firstTheme();
    dash.set_props("theme", { data: theme });
    const cards = load(at("cards.json"));
    const names = ["payload.json", "view.json", "maps-light.json", "maps-dark.json", "lanes-light.json", "lanes-dark.json"];
    const [payload, settings, light, dark, lanesLight, lanesDark] = await Promise.all([...names.map((name) => load(at(name))), loadPlotly(at("plotly.min.js"))]);
    const asked = parameters().get("date");
    view = await window.geoAstana.mount(document.getElementById("view"), {
      payload,
      settings,
      cards,
      figures: { maps: { light, dark }, lanes: { light: lanesLight, dark: lanesDark } },
      topojsonURL: at("basemap/"),
      theme,
      date: asked,
    });
    window.geoAstana.view = view;
    if (asked && view.lookups.day(asked) === null) notice(`“${asked}” is no date of the record; showing ${view.get().date}.`);
    view.on("wrong", (text) => notice(`“${text}” is no date of the record, which runs from ${payload.record.join(" to ")}.`));
    view.on("rest", function (shown) {
      dash.set_props("shown", { data: shown.date });
      writeAddress({ date: shown.date });
    });
    document.getElementById("page").dataset.ready = "true";
  }

  dash.geoAstanaApp = {
    mount: function (setup) {
      mount(setup).catch(function (error) {
        document.getElementById("view").textContent = `The map could not be loaded: ${error.message}`;
      });
      return dash.no_update;
    },
    setDate: function (date) {
      if (view && date) view.set({ date });
      return date || dash.no_update;
    },
    setTheme: function (theme) {
      if (!theme) return [dash.no_update, dash.no_update];
      if (view) view.set({ theme });
      return [theme, theme === "dark" ? "Light" : "Dark"];
    },
    switchTheme: function (clicks, theme) {
      if (!clicks) return dash.no_update;
      const next = theme === "dark" ? "light" : "dark";
      writeAddress({ theme: next });
      return next;
    },
  };
})();
