// The keys of the whole page, and the list of them.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const STORED = "geo-astana-single-keys";
  const LIST = [
    ["← →", "a day back or on"],
    ["Shift ← →", "a week"],
    ["Page Up, Page Down", "a month on or back"],
    ["Home, End", "first and last day in view"],
    ["Ctrl Home, Ctrl End", "first and last day of the record"],
    ["P, N", "previous and next change"],
    ["Space", "play or pause"],
    ["+, −, 0", "zoom the timeline in, out, to all years"],
    ["F", "filter"],
    ["/", "search"],
    ["Esc", "close what is open"],
    ["?", "this list"],
  ];

  /**
   * Listen for keys.
   * @param {object} acts step(way, unit), ends(way, all), play(), zoom(way), filter(),
   *   search(), close(), and mark() where days can be bookmarked
   * @param {object} [own] the keys of a page that has none of these: list of rows, and
   *   act(event, singles, open) → what a key does, or null
   * @returns {object} dialog, open, destroy
   */
  ns.mountKeys = function (acts, own) {
    let singles = stored() !== "off";
    const box = element("input", { type: "checkbox", id: "single-keys" });
    box.checked = singles;
    box.addEventListener("change", function () {
      singles = box.checked;
      store(singles ? "on" : "off");
    });
    const close = element("button", { type: "button", class: "plain close", "aria-label": "Close", title: "Close" });
    const usual = LIST.flatMap((row) => (row[0] === "F" && acts.mark ? [row, ["M", "bookmark this day"]] : [row]));
    const rows = (own ? own.list : usual).flatMap(([keys, words]) => [element("dt", {}, ...keys.split(", ").flatMap((key, at) => [at ? ", " : "", element("kbd", {}, key)])), element("dd", {}, words)]);
    const dialog = element("dialog", { class: "keys", "aria-labelledby": "keys-title" }, element("h2", { id: "keys-title" }, "Keys"), close, element("dl", {}, ...rows), element("p", {}, box, element("label", { for: "single-keys" }, " Single letters and signs work as keys")));
    close.addEventListener("click", () => dialog.close());
    document.addEventListener("keydown", onKey);

    function onKey(event) {
      if (event.defaultPrevented || event.altKey || dialog.open) return;
      const at = event.target;
      if (event.key === "Escape" && !own) return void acts.close(event);
      // The slider is an input whose keys are ours; every other field keeps its own.
      const slider = at.classList && at.classList.contains("slider");
      const field = at.closest && at.closest("input, select, textarea, [contenteditable], [role=grid], dialog, .panel");
      if (field && !slider) return;
      const act = own ? own.act(event, singles, open) : moves(event) || (singles && !event.ctrlKey && !event.metaKey && signs(event, at));
      if (!act) return;
      event.preventDefault();
      act();
    }

    function moves(event) {
      const way = { ArrowLeft: -1, ArrowRight: 1, PageDown: -1, PageUp: 1, Home: -1, End: 1 }[event.key];
      if (!way || event.metaKey) return null;
      if (event.key.startsWith("Arrow")) return event.ctrlKey ? null : () => acts.step(way, event.shiftKey ? "week" : "day");
      if (event.key.startsWith("Page")) return () => acts.step(way, "month");
      return () => acts.ends(way, event.ctrlKey);
    }

    function signs(event, at) {
      const pressable = at.closest && at.closest("button, a, summary, [role=button]");
      return {
        " ": pressable ? null : acts.play,
        n: () => acts.step(1, "change"),
        p: () => acts.step(-1, "change"),
        "+": () => acts.zoom(1),
        "=": () => acts.zoom(1),
        "-": () => acts.zoom(-1),
        0: () => acts.zoom(0),
        f: acts.filter,
        m: acts.mark,
        "/": acts.search,
        "?": open,
      }[event.key.toLowerCase()];
    }

    function open() {
      dialog.showModal();
      close.focus();
    }

    // A page in a frame of another site may have no storage.
    function stored() {
      try {
        return window.localStorage.getItem(STORED);
      } catch {
        return null;
      }
    }

    function store(value) {
      try {
        window.localStorage.setItem(STORED, value);
      } catch {
        // Then it holds until the page is left.
      }
    }

    return { dialog, open, destroy: () => document.removeEventListener("keydown", onKey) };
  };
})();
