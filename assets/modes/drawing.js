// What the view shows as a picture, made in the browser: no server is asked.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const FONT = /url\("?([^")]+)"?\)/;
  const MOST_TRIES = 8;
  const FONTS_MS = 60;
  let faces = null;

  /**
   * Draw the page as it stands, without what is there to be pressed.
   * @param {string} format png or svg
   * @param {number} [width] of a PNG in pixels; without, twice that of the page
   * @returns {Promise<{type: string, data: (string|ArrayBuffer)}>} the file
   */
  ns.drawing = async function (format, width) {
    const page = document.getElementById("page");
    faces = faces || (await fonts());
    page.classList.add("drawn");
    const sheet = ns.asSvg(page, faces);
    page.classList.remove("drawn");
    const text = new XMLSerializer().serializeToString(sheet);
    if (format === "svg") return { type: "image/svg+xml", data: text };
    const [wide, high] = ["width", "height"].map((side) => Number(sheet.getAttribute(side)));
    const across = width || 2 * wide;
    return { type: "image/png", data: await raster(text, page, across, Math.round((across * high) / wide)) };
  };

  async function raster(text, page, width, height) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(page).backgroundColor;
    // The fonts of a decoded image come a little later, and nothing tells when.
    let before = "";
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      context.fillRect(0, 0, width, height);
      context.drawImage(image, 0, 0, width, height);
      const now = canvas.toDataURL();
      if (now === before) break;
      before = now;
      await new Promise((done) => setTimeout(done, FONTS_MS));
    }
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    return blob.arrayBuffer();
  }

  /** The faces that the page uses, each with its font inside. */
  async function fonts() {
    const loaded = [...document.fonts].filter((face) => face.status === "loaded");
    const used = new Set(loaded.map((face) => named(face.family, face.weight, face.unicodeRange)));
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => [rule, sheet.href || document.baseURI]));
    const kept = rules.filter(([{ style }]) => used.has(named(...["font-family", "font-weight", "unicode-range"].map((name) => style.getPropertyValue(name)))));
    return (await Promise.all(kept.map(([rule, base]) => inlined(rule.cssText, base)))).join("\n");
  }

  const named = (...parts) => parts.join().replace(/["' ]/g, "").toLowerCase();

  async function inlined(rule, base) {
    const [, address] = FONT.exec(rule);
    if (address.startsWith("data:")) return rule;
    const blob = await (await fetch(new URL(address, base))).blob();
    const data = await new Promise(function (done) {
      const reader = new FileReader();
      reader.addEventListener("load", () => done(reader.result));
      reader.readAsDataURL(blob);
    });
    return rule.replace(FONT, `url(${data})`);
  }
})();
