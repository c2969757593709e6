// Steps of a page, timed inside it: of our view, or of a peer that says how it steps.
(function () {
  "use strict";
  const frame = () => new Promise(requestAnimationFrame);
  const view = () => window.geoAstana.view;
  // A peer's step may return a promise, kept once it has drawn.
  const stepped = window.peer || {
    step: (day) => view().step(day, true),
    touched: () => view().touched(),
    drawn: () => [
      ...new Set(
        [...document.querySelectorAll(".maps-plot [data-mark][data-look]")]
          .filter((node) => node.dataset.look && getComputedStyle(node).visibility === "visible")
          .map((node) => node.dataset.mark + " " + node.dataset.look),
      ),
    ],
  };

  /**
   * Act once in a frame, `values.length` times.
   * @param {Array<number>} values what each act is given
   * @param {function} act called inside requestAnimationFrame
   * @returns {Promise<object>} lists, one number an act: painted (ms from the act to the
   *   requestAnimationFrame after the next one, counted from when a promise was kept),
   *   script (ms in the act), touched (nodes)
   */
  async function each(values, act) {
    const found = { painted: [], script: [], touched: [] };
    for (const value of values) {
      await frame();
      const begun = performance.now();
      const drawing = act(value);
      found.script.push(performance.now() - begun);
      if (drawing) await drawing;
      await frame();
      await frame();
      found.painted.push(performance.now() - begun);
      found.touched.push(stepped.touched ? stepped.touched() : 0);
    }
    return found;
  }

  window.bench = {
    idle: (count) => each(Array(count).fill(0), () => {}),
    /** Drag the slider over the days in view, as its input events do. */
    scrub: function (count) {
      const slider = document.querySelector(".slider");
      const [from, to] = [Number(slider.min), Number(slider.max)];
      const days = Array.from({ length: count }, (_, i) => Math.round(from + (i * (to - from)) / (count - 1)));
      return each(days, function (day) {
        slider.value = day;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      });
    },
    /** Step through days given as numbers. */
    play: (days) => each(days, (day) => stepped.step(day)),
    /**
     * Step through days without timing, giving the page a frame now and then.
     * @returns {Promise<number>} steps done in `seconds`
     */
    async walk(days, seconds) {
      const until = performance.now() + seconds * 1000;
      for (const [i, day] of days.entries()) {
        const drawing = stepped.step(day);
        if (drawing) await drawing;
        else if (i % 20 === 0) await frame();
        if (performance.now() > until) return i + 1;
      }
      return days.length;
    },
    /** The ids drawn on a day: of us mark and look, of a peer its intervals. */
    async drawn(day) {
      await stepped.step(day);
      await frame();
      await frame();
      return stepped.drawn();
    },
  };
})();
