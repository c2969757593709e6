// What stands on the page as one SVG: paths stay paths, text stays text, looks become
// attributes, so that any program can open it.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const SVG = "http://www.w3.org/2000/svg";
  // Kept of an element of a drawing as they are; all else that shows is a look.
  const GEOMETRY = "d x y dx dy x1 y1 x2 y2 cx cy r rx ry width height points transform clip-path viewBox id preserveAspectRatio data-mark data-part data-look".split(" ");
  // Looks that children take over, with what they are where nobody says otherwise.
  const INHERITED = {
    fill: "",
    "fill-opacity": "1",
    stroke: "none",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "font-family": "",
    "font-size": "",
    "font-weight": "400",
    "font-style": "normal",
    "text-anchor": "start",
    "letter-spacing": "normal",
  };
  const TEXT_ONLY = ["font-family", "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing"];
  const STROKE_ONLY = ["stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"];
  const DRAWN = ["path", "rect", "circle", "line", "text", "polygon", "ellipse"];
  // Areas that cut their hatch, in this page: each has an id of its own.
  let clips = 0;
  const EMPTY = /^[\s\u00a0]*$/;

  // How a style sheet hatches a box.
  const DIAGONALS = "repeating-linear-gradient(135deg";
  const HATCH_PX = 5;

  const round = (number) => String(Math.round(number * 100) / 100);

  /** A computed colour as hex and opacity. */
  function paint(css) {
    const parts = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(css);
    if (!parts) return { colour: css, opacity: 1 };
    const hex = parts.slice(1, 4).map((part) => Math.round(Number(part)).toString(16).padStart(2, "0"));
    return { colour: `#${hex.join("")}`, opacity: parts[4] === undefined ? 1 : Number(parts[4]) };
  }

  function make(tag, attributes, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /**
   * Draw an element and all it holds as SVG.
   * @param {HTMLElement} root of the size of the picture
   * @param {string} fonts style sheet with the faces that the text is set in
   * @returns {SVGElement} with a viewBox in the pixels of the page
   */
  ns.asSvg = function (root, fonts) {
    const origin = root.getBoundingClientRect();
    const [width, height] = [origin.width, origin.height].map(round);
    const sheet = make("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
    sheet.append(make("defs", {}, make("style", {}, fonts)));
    drawElement(root, sheet, origin);
    return sheet;
  };

  function drawElement(node, into, origin) {
    const style = getComputedStyle(node);
    if (style.display === "none" || style.opacity === "0") return;
    if (style.visibility !== "hidden") drawBox(node, style, into, origin);
    const closed = node.tagName === "DETAILS" && !node.open;
    for (const child of closed ? node.querySelectorAll(":scope > summary") : node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) drawText(child, style, into, origin);
      else if (child.namespaceURI === SVG) drawSvg(child, into, origin);
      else if (child.nodeType === Node.ELEMENT_NODE) drawElement(child, into, origin);
    }
  }

  /** Ground and borders of a box. */
  function drawBox(node, style, into, origin) {
    const box = node.getBoundingClientRect();
    const [x, y] = [box.left - origin.left, box.top - origin.top];
    const ground = paint(style.backgroundColor);
    if (ground.opacity > 0) {
      const rounded = style.borderTopLeftRadius === "50%" ? { rx: round(box.width / 2), ry: round(box.height / 2) } : {};
      const line = paint(style.borderTopColor);
      const wide = rounded.rx ? parseFloat(style.borderTopWidth) : 0;
      const edge = wide && line.opacity ? { stroke: line.colour, "stroke-width": wide } : {};
      into.append(make("rect", { x: round(x + wide / 2), y: round(y + wide / 2), width: round(box.width - wide), height: round(box.height - wide), ...rounded, fill: ground.colour, ...faint("fill", ground.opacity), ...edge }));
    }
    if (style.borderTopLeftRadius === "50%") return void (ground.opacity > 0 || drawRing(box, x, y, style, into));
    if (style.backgroundImage.startsWith(DIAGONALS)) drawDiagonals(box, x, y, paint(style.borderTopColor).colour, into);
    const sides = { Top: [x, y, x + box.width, y], Right: [x + box.width, y, x + box.width, y + box.height], Bottom: [x, y + box.height, x + box.width, y + box.height], Left: [x, y, x, y + box.height] };
    for (const [side, [x1, y1, x2, y2]] of Object.entries(sides)) {
      const wide = parseFloat(style[`border${side}Width`]);
      const line = paint(style[`border${side}Color`]);
      if (!wide || style[`border${side}Style`] === "none" || !line.opacity) continue;
      // Borders lie inside their box.
      const [inX, inY] = [side === "Left" ? wide / 2 : side === "Right" ? -wide / 2 : 0, side === "Top" ? wide / 2 : side === "Bottom" ? -wide / 2 : 0];
      const dash = style[`border${side}Style`] === "dashed" ? { "stroke-dasharray": `${wide * 2} ${wide * 2}` } : {};
      into.append(make("line", { x1: round(x1 + inX), y1: round(y1 + inY), x2: round(x2 + inX), y2: round(y2 + inY), stroke: line.colour, ...faint("stroke", line.opacity), "stroke-width": wide, ...dash }));
    }
  }

  /** The border of a round box with no ground. */
  function drawRing(box, x, y, style, into) {
    const line = paint(style.borderTopColor);
    const wide = parseFloat(style.borderTopWidth);
    if (!wide || !line.opacity) return;
    const dash = style.borderTopStyle === "dashed" ? { "stroke-dasharray": `${wide * 1.6} ${wide * 1.2}` } : {};
    const [rx, ry] = [(box.width - wide) / 2, (box.height - wide) / 2];
    into.append(make("ellipse", { cx: round(x + box.width / 2), cy: round(y + box.height / 2), rx: round(rx), ry: round(ry), fill: "none", stroke: line.colour, "stroke-width": wide, ...dash }));
  }

  /** The ground of a swatch that is hatched: lines that rise to the right. */
  function drawDiagonals({ width, height }, x, y, colour, into) {
    for (let sum = HATCH_PX / 2; sum < width + height; sum += HATCH_PX) {
      const [from, to] = [Math.max(0, sum - height), Math.min(sum, width)];
      into.append(make("line", { x1: round(x + from), y1: round(y + sum - from), x2: round(x + to), y2: round(y + sum - to), stroke: colour, "stroke-width": 1.1 }));
    }
  }

  const faint = (name, opacity) => (opacity < 1 ? { [`${name}-opacity`]: round(opacity) } : {});

  /** The lines of a text as they were broken, each where it stands. */
  function drawText(node, style, into, origin) {
    if (EMPTY.test(node.data) || style.visibility === "hidden") return;
    const colour = paint(style.color);
    for (const line of linesOf(node)) {
      const words = line.text.trim();
      if (!words) continue;
      const attributes = {
        x: round(line.left - origin.left),
        y: round(line.top + ascent(style) - origin.top),
        fill: colour.colour,
        ...faint("fill", colour.opacity),
        "font-family": style.fontFamily,
        "font-size": style.fontSize,
        ...(style.fontWeight === "400" ? {} : { "font-weight": style.fontWeight }),
        ...(style.fontStyle === "normal" ? {} : { "font-style": style.fontStyle }),
        ...(style.wordSpacing === "0px" ? {} : { "word-spacing": style.wordSpacing }),
        ...(style.letterSpacing === "normal" ? {} : { "letter-spacing": style.letterSpacing }),
      };
      into.append(make("text", attributes, words));
    }
  }

  function linesOf(node) {
    const range = document.createRange();
    const lines = [];
    for (let at = 0; at < node.data.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const rect = range.getClientRects()[0];
      if (!rect) continue;
      const last = lines[lines.length - 1];
      if (last && Math.abs(last.top - rect.top) < 2) {
        last.text += node.data[at];
        // The first letter of a word in Arabic is its rightmost.
        if (!EMPTY.test(node.data[at])) last.left = Math.min(last.left, rect.left);
      } else if (!EMPTY.test(node.data[at])) lines.push({ text: node.data[at], left: rect.left, top: rect.top });
    }
    return lines;
  }

  const measure = document.createElement("canvas").getContext("2d");

  /** From the top of a line's letters to its baseline. */
  function ascent(style) {
    measure.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return measure.measureText("x").fontBoundingBoxAscent;
  }

  /** A drawing of the page where it stands, without what does not show. */
  function drawSvg(svg, into, origin) {
    const style = getComputedStyle(svg);
    if (style.display === "none" || style.visibility === "hidden") return;
    const box = svg.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const copy = copied(svg, INHERITED);
    if (!copy) return;
    for (const [name, value] of Object.entries({ x: box.left - origin.left, y: box.top - origin.top, width: box.width, height: box.height })) copy.setAttribute(name, round(value));
    into.append(copy);
  }

  /** An element with its looks as attributes; null where nothing of it shows. */
  function copied(node, inherited) {
    if (node.tagName === "defs") return node.querySelector("clipPath") ? clipsOf(node) : null;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.opacity === "0") return null;
    const drawn = DRAWN.includes(node.tagName) || node.tagName === "tspan";
    if (drawn && style.visibility === "hidden") return null;
    if (node.tagName === "text" && EMPTY.test(node.textContent)) return null;
    const looks = { ...inherited };
    const attributes = {};
    for (const name of GEOMETRY) if (node.hasAttribute(name)) attributes[name] = node.getAttribute(name);
    for (const name of Object.keys(INHERITED)) {
      const value = valueOf(style, name);
      if (TEXT_ONLY.includes(name) && !["text", "tspan"].includes(node.tagName)) continue;
      if (STROKE_ONLY.includes(name) && style.stroke === "none") continue;
      if (!drawn || value === inherited[name]) continue;
      looks[name] = value;
      attributes[name] = value;
    }
    const pattern = /^url\("#(.+)"\)$/.exec(style.fill);
    if (pattern) return hatched(node, document.getElementById(pattern[1]));
    if (style.opacity !== "1") attributes.opacity = style.opacity;
    if (node.tagName === "path" && (!attributes.d || (style.fill === "none" && style.stroke === "none"))) return null;
    const copy = make(node.tagName, attributes);
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
      else if (child.nodeType === Node.ELEMENT_NODE) {
        const made = copied(child, looks);
        if (made) copy.append(...made.halo || [], made);
      }
    }
    if (!drawn && !copy.childNodes.length) return null;
    if (node.tagName === "text" && style.textShadow !== "none") copy.halo = [halo(copy, style)];
    return copy;
  }

  function valueOf(style, name) {
    const value = style.getPropertyValue(name);
    if (name === "fill" || name === "stroke") return value === "none" ? value : paint(value).colour;
    if (name === "fill-opacity" || name === "stroke-opacity") {
      return round(Number(value) * paint(style.getPropertyValue(name.split("-")[0])).opacity);
    }
    return name === "stroke-width" ? value.replace("px", "") : value;
  }

  /** A hatched area as lines that it cuts: a pattern would become a raster in a PDF. */
  function hatched(area, pattern) {
    const lines = pattern.querySelector("path");
    const [apart, box, view] = [parseFloat(pattern.getAttribute("width")), area.getBBox(), area.ownerSVGElement.getBBox()];
    const left = Math.max(box.x, view.x);
    const right = Math.min(box.x + box.width, view.x + view.width);
    const [top, bottom] = [box.y, box.y + box.height];
    let d = "";
    for (let sum = Math.ceil((left + top) / apart) * apart; sum < right + bottom; sum += apart) {
      d += `M${round(sum - bottom)} ${round(bottom)}L${round(sum - top)} ${round(top)}`;
    }
    clips += 1;
    const id = `area-${clips}`;
    const clip = make("clipPath", { id }, make("path", { d: area.getAttribute("d") }));
    const { colour, opacity } = paint(getComputedStyle(lines).stroke);
    return make("g", {}, clip, make("path", { d, "clip-path": `url(#${id})`, fill: "none", stroke: colour, ...faint("stroke", opacity), "stroke-width": parseFloat(lines.getAttribute("stroke-width")) }));
  }

  /** What a shadow around words becomes: the same words in its colour, stroked, below. */
  function halo(text, style) {
    const under = text.cloneNode(true);
    const { colour } = paint(/rgba?\([^)]*\)/.exec(style.textShadow)[0]);
    for (const [name, value] of Object.entries({ fill: "none", stroke: colour, "stroke-opacity": 1, "stroke-width": 2.6, "stroke-linejoin": "round", "aria-hidden": "true" })) under.setAttribute(name, value);
    for (const name of ["stroke-dasharray", "data-mark", "data-part", "data-look"]) under.removeAttribute(name);
    for (const line of under.querySelectorAll("tspan")) {
      for (const name of ["fill", "fill-opacity", "stroke", "stroke-width"]) line.removeAttribute(name);
    }
    return under;
  }

  function clipsOf(defs) {
    return make("defs", {}, ...[...defs.querySelectorAll("clipPath")].map((clip) => clip.cloneNode(true)));
  }
})();
