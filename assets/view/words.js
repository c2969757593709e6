// The words of the timeline that have room, by the rule of geo_astana.schedule.words.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});

  /**
   * Place the words of the things in view.
   * @param {object} rule schedule of the payload: beside, edge, least, letter, clear
   * @param {Array<string>} lanes the lanes in their order
   * @param {Array<Array>} things kept things: lane, form, event, status, first, last, word
   * @param {number} first the first day in view, counted as the things count
   * @param {number} last the last day in view, inclusive
   * @param {number} width of the plot in pixels
   * @returns {Array<{thing: Array, at: number, left: boolean}>} days from the first
   */
  ns.placeWords = function (rule, lanes, things, first, last, width) {
    const perDay = width / (last - first + 1);
    const placed = [];

    function span(thing) {
      const start = (thing[4] - first) * perDay;
      const stop = (thing[5] - first + 1) * perDay;
      const more = Math.max(0, (rule.least[thing[1]] || 0) - (stop - start)) / 2;
      return [start - more, stop + more];
    }
    /** What no word may cover: a thing, or both ends of a band. */
    function solid(thing) {
      const [start, stop] = span(thing);
      if (thing[1] !== "band") return [[start, stop]];
      return [
        [start, start + rule.edge],
        [stop - rule.edge, stop],
      ];
    }
    const meet = (one, other) => one[0] < other[1] - 0.01 && other[0] < one[1] - 0.01;

    for (const lane of lanes) {
      const members = things.filter((thing) => thing[0] === lane);
      const taken = members.filter((thing) => !rule.beside.includes(thing[1])).flatMap(solid);
      const named = members.filter((thing) => thing[6]);
      named.sort((one, other) => (other[7] || 0) - (one[7] || 0));
      for (const thing of named) {
        const [start, stop] = span(thing);
        const wide = [...thing[6]].length * rule.letter + 2 * rule.clear;
        const inner = thing[1] === "band" ? start + rule.edge : stop;
        for (const left of [false, true]) {
          const low = left ? start - wide : inner;
          const room = [low, low + wide];
          if (low < 0 || room[1] > width || taken.some((other) => meet(room, other))) continue;
          taken.push(room);
          const edge = left ? room[1] - rule.clear : low + rule.clear;
          placed.push({ thing, at: Number((edge / perDay).toFixed(1)), left });
          break;
        }
      }
    }
    return placed;
  };
})();
