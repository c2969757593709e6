// The record on a Leaflet map without tiles, its slider that of leaflet.timeline.
(async function () {
  "use strict";
  const DAY_MS = 86400000;
  const record = await (await fetch("record.json")).json();
  const map = window.L.map("map").fitBounds([[30, 0], [56, 75]]);
  const timeline = window.L.timeline(
    { type: "FeatureCollection", features: record.features },
    {
      getInterval: ({ properties }) => ({ start: Date.parse(properties.first), end: Date.parse(properties.last) }),
      pointToLayer: (feature, at) => window.L.circleMarker(at, { radius: 6 }),
    },
  );
  const control = window.L.timelineSliderControl({
    formatOutput: (time) => new Date(time).toISOString().slice(0, 10),
    // Thousands of ticks under the slider would only slow it.
    showTicks: false,
  });
  control.addTo(map);
  control.addTimelines(timeline);
  timeline.addTo(map);
  control.setTime(Date.parse(record.opens));

  window.peer = {
    step: (day) => void control.setTime(Date.parse(record.first) + day * DAY_MS),
    drawn: () => timeline.getLayers().filter((layer) => layer._path.isConnected).map((layer) => layer.feature.id),
  };
})();
