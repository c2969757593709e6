// All years as a strip under the lanes: what was held, and a window that can be dragged.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const HANDLE_PX = 8;

  /**
   * Draw the strip.
   * @param {object} options payload, lookups, onRange(from, to), onPick(day)
   * @returns {object} node, show(day), choose(), setRange(from, to), resize()
   */
  ns.mountOverview = function (options) {
    const { payload, lookups } = options;
    let range = [0, lookups.last];
    let width = 0;

    const ticks = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    ticks.setAttribute("preserveAspectRatio", "none");
    ticks.setAttribute("viewBox", `0 0 ${lookups.last + 1} 10`);
    ticks.append(path);
    const window_ = element("div", { class: "overview-window" });
    const needle = element("div", { class: "overview-day" });
    const years = element("div", { class: "overview-years" });
    for (let year = Number(payload.record[0].slice(0, 4)); year <= Number(payload.record[1].slice(0, 4)); year += 1) {
      const at = lookups.day(`${year}-01-01`) || 0;
      years.append(element("span", { style: `left: ${(at / (lookups.last + 1)) * 100}%` }, String(year)));
    }
    const strip = element("div", { class: "overview-strip" }, ticks, window_, needle);
    const node = element("div", { class: "overview", "aria-hidden": "true" }, strip, years);
    strip.addEventListener("pointerdown", onPointer);
    choose();

    /** One stroke a thing that begins; filled by what the selection keeps. */
    function choose() {
      const days = new Set(payload.things.filter((thing) => thing[1] !== "plan" && lookups.selection.thing(thing)).map((thing) => thing[4]));
      path.setAttribute("d", [...days].map((day) => `M${day + 0.5} 1V9`).join(""));
    }

    const part = (day) => day / (lookups.last + 1);

    function show(day) {
      needle.style.transform = `translateX(${part(day + 0.5) * width}px)`;
    }

    function setRange(from, to) {
      range = [from, to];
      window_.style.left = `${part(from) * 100}%`;
      window_.style.width = `${part(to + 1 - from) * 100}%`;
    }

    /** Drag the window or one of its ends; a press beside it brings it there. */
    function onPointer(event) {
      if (event.button) return;
      const rect = strip.getBoundingClientRect();
      const dayAt = (moved) => Math.round(((moved.clientX - rect.left) / rect.width) * lookups.last);
      const box = window_.getBoundingClientRect();
      let [from, to] = range;
      const days = to - from;
      const near = (edge) => Math.abs(event.clientX - edge) < HANDLE_PX;
      let act = "move";
      if (near(box.left)) act = "from";
      else if (near(box.right)) act = "to";
      else if (event.clientX < box.left || event.clientX > box.right) {
        from = dayAt(event) - Math.round(days / 2);
        options.onRange(from, from + days);
        [from, to] = range;
      }
      const begin = dayAt(event);
      const drag = function (moved) {
        const by = dayAt(moved) - begin;
        if (act === "move") options.onRange(from + by, to + by);
        else if (act === "from") options.onRange(Math.min(from + by, to - 14), to);
        else options.onRange(from, Math.max(to + by, from + 14));
      };
      const stop = function () {
        strip.removeEventListener("pointermove", drag);
        strip.removeEventListener("pointerup", stop);
        strip.removeEventListener("pointercancel", stop);
      };
      strip.setPointerCapture(event.pointerId);
      strip.addEventListener("pointermove", drag);
      strip.addEventListener("pointerup", stop);
      strip.addEventListener("pointercancel", stop);
    }

    return {
      node,
      show,
      choose,
      setRange,
      resize: function () {
        width = strip.clientWidth;
      },
    };
  };
})();
