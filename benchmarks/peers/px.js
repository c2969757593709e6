// Drive the slider of a plain px animation: what it would call for a step.
(function () {
  "use strict";
  const DAY_MS = 86400000;
  const plot = () => document.querySelector(".js-plotly-plot");
  const nodes = (selector) => [...plot().querySelectorAll(selector)].map((node) => node.__data__);

  window.peer = {
    /** Show the last frame that is not after the day. */
    step: function (day) {
      const { steps } = plot().layout.sliders[0];
      const date = new Date(Date.parse(steps[0].label) + day * DAY_MS).toISOString().slice(0, 10);
      let low = 0;
      let high = steps.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (steps[middle].label <= date) low = middle + 1;
        else high = middle;
      }
      return window.Plotly.animate(plot(), ...steps[low - 1].args);
    },
    // The empty row that each frame has is a point without an id.
    drawn: () => [...nodes("path.point").map((point) => point.data[0]), ...nodes("path.choroplethlocation").map((place) => place.loc)].filter(Boolean),
  };
})();
