// What surrounds the view wherever it stands: notices, search, address, theme and paper.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const NOTICE_MS = 8000;
  const MOST_WRONG = 4;
  const DAY_NAMED = /^\d+ \S+ \d{4} · /;
  const byId = (id) => document.getElementById(id);
  let hiding = null;

  /** Tell the reader something for a while, in the element `notice`. */
  ns.say = function (words) {
    const place = byId("notice");
    const close = ns.element("button", { type: "button", "aria-label": "Close this notice" }, "×");
    const hide = () => place.replaceChildren();
    close.addEventListener("click", hide);
    place.replaceChildren(ns.element("div", { class: "notice" }, ns.element("span", {}, words), close));
    window.clearTimeout(hiding);
    hiding = window.setTimeout(hide, NOTICE_MS);
  };

  /**
   * Mount the view in the element `view`, with the search in the element `search`.
   * @param {object} options read(name) that promises a file of geo_astana.files, plotly
   *   (a promise that it is there), topojsonURL, address of links without their query,
   *   query where the page's address has none, more() the keys of the address that are
   *   not the view's, onRestore(values) when a link sets them, onTheme(name), onRest(shown);
   *   mount, what `ns.mount` is told beside that
   * @returns {Promise<object>} view, query() of all that is shown, writeAddress(deliberate),
   *   begin() that does what the first link asks beside the view
   */
  ns.mountShell = async function (options) {
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const systemTheme = () => (dark.matches ? "dark" : "light");
    const asked = () => window.location.search || options.query || "";
    const { read } = options;
    const cards = read("cards.json").catch(function (error) {
      ns.say(`Outcomes and sources could not be loaded: ${error.message}. Reload the page to try again.`);
      return { events: {}, claims: {}, sources: [] };
    });
    const { without = [] } = options.mount || {};
    const figures = (part) => (without.includes(part) ? [null, null] : [read(`${part}-light.json`), read(`${part}-dark.json`)]);
    const [payload, settings, light, night, lanesLight, lanesNight] = await Promise.all([read("payload.json"), read("view.json"), ...figures("maps"), ...figures("lanes"), options.plotly]);
    const view = await ns.mount(byId("view"), {
      payload,
      settings,
      cards,
      details: () => read("details.json"),
      figures: { maps: { light, dark: night }, lanes: { light: lanesLight, dark: lanesNight } },
      topojsonURL: options.topojsonURL,
      address: options.address,
      query: asked(),
      theme: systemTheme(),
      ...options.mount,
    });
    const query = () => view.links.write({ ...view.get(), ...options.more() });

    /** Let the address follow; a deliberate step is one that Back undoes. */
    function writeAddress(deliberate) {
      const { protocol, pathname, search, hash } = window.location;
      // A page that is the text of a frame, as in a notebook, has no address.
      if (protocol === "about:") return;
      const next = `${pathname}?${query()}${hash}`;
      if (next === pathname + search + hash) return;
      // A step in a frame would be one of the page around.
      if (deliberate && !ns.framed) window.history.pushState(null, "", next);
      else window.history.replaceState(null, "", next);
    }

    function restored({ values, wrong }) {
      options.onRestore(values);
      options.onTheme(view.theme());
      if (!wrong.length) return;
      const named = wrong.slice(0, MOST_WRONG).map((pair) => `“${pair}”`);
      if (wrong.length > MOST_WRONG) named.push(`${wrong.length - MOST_WRONG} more`);
      ns.say(`The link has ${wrong.length === 1 ? "a part" : "parts"} that the record does not know: ${named.join(", ")}.`);
    }

    const search = ns.mountSearch({ payload, lookups: view.lookups, index: () => read("search.json"), onPick: (found) => view.jump(found.day, found.event) });
    byId("search").replaceChildren(search.node);
    view.on("search", search.focus);
    view.on("say", ns.say);
    view.on("arrive", () => writeAddress(true));
    view.on("rest", function (shown) {
      options.onRest(shown);
      // A tab that was named by the day of its link goes along.
      document.title = document.title.replace(DAY_NAMED, `${ns.longDate(view.lookups.date(view.lookups.day(shown.date)))} · `);
      writeAddress(false);
    });
    window.addEventListener("popstate", function () {
      view.restore(asked());
      restored(view.links.read(asked()));
    });
    dark.addEventListener("change", function () {
      if (view.get().theme) return;
      view.follow(systemTheme());
      options.onTheme(systemTheme());
    });
    byId("keys-button").addEventListener("click", view.keys);
    listenToPrinter(view);
    return { view, query, writeAddress, begin: () => restored(view.asked) };
  };

  /** Paper is white and has its own width: print in the light theme, scaled to it. */
  function listenToPrinter(view) {
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
})();
