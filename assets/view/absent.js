// What stands for the maps or the timeline in a view that has none: nothing is drawn.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const nothing = () => {};
  const atOnce = () => Promise.resolve();

  /** The maps of a view without maps. */
  ns.noMaps = () => ({
    show: () => 0,
    commit: nothing,
    resize: atOnce,
    setTheme: atOnce,
    zoomIn: nothing,
    zoomOut: nothing,
    home: nothing,
    frames: () => ({}),
    setFrames: nothing,
    onOpen: nothing,
    nodes: () => 0,
    drawn: () => ({ shown: new Set(), unwritten: [] }),
    destroy: nothing,
  });

  /** The timeline of a view without one: it keeps the days that the slider spans. */
  ns.noLanes = function (box, { lookups, range, onRange }) {
    function setRange(from, to) {
      range = [from, to];
      onRange(from, to);
    }
    return {
      show: nothing,
      choose: nothing,
      setRange,
      range: () => range,
      zoomIn: nothing,
      zoomOut: nothing,
      turnTo: function (day) {
        if (day < range[0] || day > range[1]) setRange(0, lookups.last);
      },
      follow: nothing,
      setTheme: atOnce,
      resize: atOnce,
      plot: box,
      destroy: nothing,
    };
  };
})();
