// Steps of the view, timed inside the page.
(function () {
  "use strict";
  const frame = () => new Promise(requestAnimationFrame);
  const view = () => window.geoAstana.view;

  /**
   * Act once in a frame, `values.length` times.
   * @param {Array<number>} values what each act is given
   * @param {function} act called inside requestAnimationFrame
   * @returns {Promise<object>} lists, one number an act: painted (ms from the act to the
   *   requestAnimationFrame after the next one), script (ms in the act), touched (nodes)
   */
  async function each(values, act) {
    const found = { painted: [], script: [], touched: [] };
    for (const value of values) {
      await frame();
      const begun = performance.now();
      act(value);
      found.script.push(performance.now() - begun);
      await frame();
      await frame();
      found.painted.push(performance.now() - begun);
      found.touched.push(view().touched());
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
    play: (days) => each(days, (day) => view().step(day, true)),
    /** Step through days without timing, giving the page a frame now and then. */
    async walk(days) {
      for (const [i, day] of days.entries()) {
        view().step(day, true);
        if (i % 20 === 0) await frame();
      }
    },
  };
})();
