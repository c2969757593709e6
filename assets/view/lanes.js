// The lanes under the maps: a still Plotly figure, with a cursor, beads and words over it.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);

  /**
   * Draw the lanes.
   * @param {HTMLElement} box the element to fill
   * @param {object} options payload, lookups, figures, theme, onPick(day)
   * @returns {Promise<object>} show, setRange, range, setTheme, resize, destroy
   */
  ns.mountLanes = async function (box, options) {
    const { payload, lookups } = options;
    let theme = options.theme;
    let range = payload.range.map(lookups.day);
    let day = 0;
    // Kept, because asking for it in a step would lay out the page anew.
    let width = 0;

    const names = element("div", { class: "lane-names" });
    const plot = element("div", { class: "lane-plot" });
    const drawing = element("div", { class: "lane-drawing", "aria-hidden": "true" });
    const cursor = element("div", { class: "cursor", "aria-hidden": "true" });
    const flag = element("span", { class: "flag" });
    cursor.append(flag);
    const words = new Map();
    const beads = new Map();
    for (const [lane, name, short, track] of payload.lanes) {
      const state = element("span", { class: "lane-state" });
      const swatch = element("span", { class: "swatch lane-swatch", "data-track": track });
      const row = element("div", { class: "lane-name", "data-track": track }, swatch, element("span", { class: "lane-title" }, name), element("span", { class: "lane-title short" }, short), state);
      names.append(row);
      words.set(lane, { row, state });
      const bead = element("span", { class: "bead", "data-mark": "lane:" + lane, "data-track": track, "data-look": "none" });
      cursor.append(bead);
      beads.set(lane, bead);
    }
    plot.append(drawing, cursor);
    box.append(names, plot);

    const figure = options.figures[theme];
    const config = { staticPlot: true, displayModeBar: false, showSendToCloud: false };
    await window.Plotly.newPlot(drawing, figure.data, { ...figure.layout, ...layout() }, config);
    plot.addEventListener("pointerdown", onPointer);

    function layout() {
      const span = [lookups.iso(range[0]), lookups.iso(Math.min(lookups.last, range[1])) + " 23:59:59"];
      const base = options.figures[theme].layout;
      width = Math.max(1, plot.clientWidth);
      return {
        width,
        height: Math.max(1, plot.clientHeight),
        xaxis: { ...base.xaxis, range: span },
      };
    }

    /** Where a day stands across the lanes, from 0 to 1. */
    function across(at) {
      return (at - range[0] + 0.5) / (range[1] - range[0] + 1);
    }

    function onPointer(event) {
      const pick = function (moved) {
        const rect = plot.getBoundingClientRect();
        const part = Math.min(1, Math.max(0, (moved.clientX - rect.left) / rect.width));
        options.onPick(Math.min(range[1], range[0] + Math.floor(part * (range[1] - range[0] + 1))));
      };
      pick(event);
      plot.setPointerCapture(event.pointerId);
      plot.addEventListener("pointermove", pick);
      plot.addEventListener("pointerup", () => plot.removeEventListener("pointermove", pick), { once: true });
    }

    /** Move the cursor and set beads and words for the first marks of a state. */
    function show(first, newDay) {
      day = newDay;
      for (const [lane, { row, state: word }] of words) {
        const mark = first.get("lane:" + lane);
        const look = mark ? mark[1] : "none";
        const bead = beads.get(lane);
        if (bead.getAttribute("data-look") !== look) bead.setAttribute("data-look", look);
        row.classList.toggle("holds", Boolean(mark));
        const text = mark ? lookups.fill(mark[3], mark[2], day) : "";
        if (word.textContent !== text) word.textContent = text;
      }
      moveCursor();
    }

    function moveCursor() {
      const part = across(day);
      cursor.style.transform = `translateX(${part * width}px)`;
      cursor.hidden = part < 0 || part > 1;
      flag.textContent = ns.shortDate(lookups.date(day));
      flag.classList.toggle("left", width * (1 - part) < 120);
    }

    async function setRange(from, to) {
      range = [from, to];
      const years = (to - from) / 365;
      // Words need room: none in a view of many years, and none cut by its edges.
      const inside = (x) => years <= 3.5 && x >= lookups.iso(from) && x < lookups.iso(Math.max(0, to - 30));
      const texts = options.figures[theme].data.map((trace) => trace.mode === "text" && trace.text.map((word, i) => (inside(trace.x[i]) ? word : "")));
      const indices = texts.flatMap((text, i) => (text ? [i] : []));
      await window.Plotly.update(drawing, { text: indices.map((i) => texts[i]) }, layout(), indices);
      moveCursor();
    }

    async function redraw() {
      const next = options.figures[theme];
      await window.Plotly.react(drawing, next.data, { ...next.layout, ...layout() }, config);
      await setRange(...range);
    }

    return {
      show,
      setRange,
      range: () => range,
      setTheme: function (name) {
        theme = name;
        return redraw();
      },
      resize: redraw,
      destroy: () => window.Plotly.purge(drawing),
    };
  };

  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  ns.shortDate = (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
})();
