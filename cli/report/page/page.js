/* Draws a report from the data embedded in the page. The program writes that data and
   says what its arrays hold. Every name in it is text, never markup: nothing here parses HTML. */
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const SYMBOL_KINDS = ["function", "data", "label", "no symbol", "alignment", "reserved"];
  const SYMBOL_GUESSED = 8;
  const OBJECT_NAMES = { merged: "(merged by the linker)", none: "(no object)", unknown: "(unknown object)" };
  const SECTION_NOTES = { copied: "copied at start", "load-image": "initial values", unloaded: "", fill: "" };
  const PAGE_ROWS = 100;
  const RESULTS_MOST = 40;
  const TILES_MOST = 1500;

  /* ---- words and numbers ---- */

  const grouped = new Intl.NumberFormat("en-US");
  const number = (value) => grouped.format(value);
  const bytesText = (value) => `${number(value)} ${value === 1 ? "byte" : "bytes"}`;
  const hex = (value) => "0x" + value.toString(16).padStart(8, "0");
  const range = (start, size) => (size === 0 ? hex(start) : `${hex(start)} to ${hex(start + size - 1)}`);
  const percent = (part, whole) => (whole === 0 ? "0 %" : `${((100 * part) / whole).toFixed(part * 10 < whole ? 2 : 1)} %`);

  function short(value) {
    for (const [unit, letter] of [[1048576, "M"], [1024, "K"]])
      if (value >= unit && value % unit === 0) return `${value / unit}${letter}`;
    return number(value);
  }

  /* The kernel is grey, tasks are colorful. */
  const KERNEL_HUE = -1;
  const hueOf = (program) => (program === 0 ? KERNEL_HUE : Math.round((25 + (program - 1) * 137.508) % 360));

  function setHue(item, hue) {
    item.style.setProperty("--h", hue === KERNEL_HUE ? 215 : hue);
    if (hue === KERNEL_HUE) item.style.setProperty("--s", "14%");
  }

  function element(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(properties || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "hue") setHue(made, value);
      else if (key in made && !key.startsWith("aria")) made[key] = value;
      else made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  const say = (text) => { $("live").textContent = text; };

  /* ---- the tooltip at the pointer or the focus: a heading and lines ---- */

  const tips = new WeakMap();
  const tip = $("tip");
  tip.setAttribute("aria-hidden", "true");

  function setTip(target, lines) {
    tips.set(target, lines);
    target.setAttribute("aria-label", lines.join(", "));
  }

  function tipOwner(node) {
    while (node instanceof Element && !tips.has(node)) node = node.parentElement;
    return node instanceof Element ? node : null;
  }

  function showTip(owner, x, y) {
    const lines = tips.get(owner);
    tip.replaceChildren(element("b", {}, lines[0]), ...lines.slice(1).map((line) => element("span", { className: "mono" }, line)));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.min(x + 14, innerWidth - box.width - 8);
    const top = y + 18 + box.height > innerHeight ? y - box.height - 12 : y + 18;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  }

  const hideTip = () => { tip.hidden = true; };
  document.addEventListener("pointermove", (event) => {
    const owner = tipOwner(event.target);
    if (owner) showTip(owner, event.clientX, event.clientY);
    else hideTip();
  });
  document.addEventListener("pointerleave", hideTip);
  document.addEventListener("focusin", (event) => {
    const owner = tipOwner(event.target);
    if (!owner || !owner.matches(":focus-visible")) return hideTip();
    const box = owner.getBoundingClientRect();
    showTip(owner, box.left, Math.min(box.bottom, innerHeight) - 14);
  });
  document.addEventListener("focusout", hideTip);
  document.addEventListener("scroll", hideTip, { passive: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); }, true);

  /* ---- keys: Tab reaches only one of many items, arrow keys reach the others ---- */

  function setCurrent(items, current) {
    for (const item of items) item.tabIndex = item === current ? 0 : -1;
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /* The item that an arrow key moves to: the nearest whose center lies in that direction, straight ahead first. */
  function nearest(items, from, [dx, dy]) {
    const at = from.getBoundingClientRect();
    let best = null;
    let bestCost = Infinity;
    for (const item of items) {
      if (item === from) continue;
      const box = item.getBoundingClientRect();
      const along = dx !== 0 ? dx * (box.left + box.width / 2 - at.left - at.width / 2) : dy * (box.top + box.height / 2 - at.top - at.height / 2);
      if (along <= 0.5) continue;
      const aside = dx !== 0 ? Math.max(0, box.top - at.bottom, at.top - box.bottom) : Math.max(0, box.left - at.right, at.left - box.right);
      const off = dx !== 0 ? Math.abs(box.top + box.height / 2 - at.top - at.height / 2) : Math.abs(box.left + box.width / 2 - at.left - at.width / 2);
      const cost = along + 4 * aside + off / 2;
      if (cost < bestCost) [best, bestCost] = [item, cost];
    }
    return best;
  }

  function moveFocus(items, event) {
    const current = document.activeElement;
    let next = null;
    if (event.key in ARROWS) next = nearest(items, current, ARROWS[event.key]);
    else if (event.key === "Home") next = items[0];
    else if (event.key === "End") next = items[items.length - 1];
    else return false;
    event.preventDefault();
    if (!next) return true;
    setCurrent(items, next);
    next.focus();
    return true;
  }

  /* ---- the tree of bytes: program, section, object, symbol ---- */

  function sectionLabel(name, kind) {
    const note = SECTION_NOTES[kind];
    if (kind === "fill") return "(between sections)";
    return note ? `${name} (${note})` : name;
  }

  function objectLabel(name, kind) {
    return OBJECT_NAMES[kind] || name;
  }

  function symbolLabel(name, kind) {
    if (kind === 3) return `(no symbol) ${name}`;
    if (kind === 4) return "(alignment)";
    if (kind === 5) return `(set aside) ${name}`;
    return name;
  }

  const root = { label: "All programs", level: "root", bytes: 0, parent: null, children: [] };
  const rows = []; /* every symbol, as a leaf of the tree */

  function addSymbols(object, flat, base) {
    for (let i = 0; i < flat.length; i += 4) {
      const kind = flat[i + 1] % SYMBOL_GUESSED;
      const symbol = {
        label: symbolLabel(flat[i], kind), level: "symbol", kind, guessed: flat[i + 1] >= SYMBOL_GUESSED,
        address: base + flat[i + 2], bytes: flat[i + 3], parent: object, program: object.program, memory: object.memory, children: [],
      };
      rows.push(symbol);
      object.children.push(symbol);
    }
  }

  function addSection(program, memory, [name, kind, address, bytes, objects]) {
    const section = {
      label: sectionLabel(name, kind), level: "section", kind, address, bytes, parent: program, program: program.program, memory, children: [],
    };
    program.children.push(section);
    for (const [objectName, objectKind, objectBytes, flat] of objects) {
      const object = {
        label: objectLabel(objectName, objectKind), level: "object", bytes: objectBytes, parent: section, program: program.program, memory, children: [],
      };
      section.children.push(object);
      addSymbols(object, flat, address);
      object.address = object.children.length > 0 ? object.children[0].address : address;
    }
  }

  function addPadding(program, memory, label, address, bytes) {
    if (bytes > 0)
      program.children.push({ label, level: "padding", address, bytes, parent: program, program: program.program, memory, children: [] });
  }

  function addBlock(program, block) {
    for (const section of block.sections) addSection(program, block.memory, section);
    addPadding(program, block.memory, "rounding", block.base + block.linked, block.need - block.linked);
    addPadding(program, block.memory, "padding", block.base + block.need, block.size - block.need);
  }

  data.programs.forEach((from, index) => {
    const program = { label: from.name, level: "program", program: index, parent: root, children: [], blocks: from.blocks };
    for (const block of from.blocks) addBlock(program, block);
    program.bytes = program.children.reduce((sum, child) => sum + child.bytes, 0);
    root.bytes += program.bytes;
    root.children.push(program);
  });

  const memoryName = (index) => data.memories[index].name;

  function pathOf(node) {
    const path = [];
    for (let at = node; at && at !== root; at = at.parent) path.unshift(at.label);
    return path.join(" › ");
  }

  function tipOf(node, whole) {
    const lines = [node.label, `${bytesText(node.bytes)}${whole ? `, ${percent(node.bytes, whole)}` : ""}`];
    if (node.address !== undefined) lines.push(range(node.address, node.bytes));
    if (node.memory !== undefined) lines.push(`in ${memoryName(node.memory)}`);
    if (node.level === "symbol") lines.push(`${SYMBOL_KINDS[node.kind]} of ${pathOf(node.parent)}${node.guessed ? ", size guessed: up to the next symbol" : ""}`);
    else if (node.level === "program") lines.push(...node.blocks.map((block) => `${memoryName(block.memory)} ${range(block.base, block.size)}`));
    else if (node.parent !== root) lines.push(`of ${pathOf(node.parent)}`);
    return lines;
  }

  /* ---- head and cards ---- */

  function drawHead() {
    const parts = [`for ${data.board}`];
    if (data.slot) parts.push(`image slot ${data.slot}`);
    parts.push(`epoch ${data.epoch}`, `${data.mpu.model} with ${data.mpu.slots} slots`, `${data.programs.length - 1} tasks`);
    $("subtitle").append(parts.join(" · "), data.id ? " · ID " : "", element("code", {}, data.id));
    if (Object.keys(data.compat).length > 0)
      $("foot").append("Compatible with ", element("code", {}, JSON.stringify(data.compat)), ". ");
    $("foot").append("Rows add up exactly: symbols to objects, objects to sections, sections, rounding and padding to blocks, blocks, gaps and free bytes to the memory.");
  }

  function card(title, big, share, lines) {
    const made = element("article", { className: "card" }, element("h3", {}, element("span", {}, title), element("span", {}, share === null ? "" : percent(share[0], share[1]))), element("p", { className: "big" }, big));
    if (share !== null) {
      const bar = element("span", {});
      bar.style.width = `${(100 * share[0]) / Math.max(1, share[1])}%`;
      made.append(element("div", { className: "meter", role: "img", "aria-label": `${percent(share[0], share[1])} of ${title} in use` }, bar));
    }
    made.append(...lines.map((line) => element("p", {}, line)));
    return made;
  }

  function drawCards() {
    for (const memory of data.memories) {
      if (!memory.used) continue;
      const taken = memory.need + memory.task_padding + memory.task_gap;
      const above = memory.bound > 0 ? `; tasks use ${percent(taken - memory.bound, memory.bound)} more than the minimum` : "";
      $("cards").append(card(memory.name, `${number(memory.used)} of ${short(memory.size)} used`, [memory.used, memory.size],
        [`${bytesText(memory.free)} free; padding ${number(memory.padding)}, gaps ${number(memory.gap)}${above}`]));
    }
    const fullest = data.programs.slice(1).filter((task) => task.free === 0).length;
    const usable = data.mpu.slots - data.mpu.reserved;
    const lines = [`${fullest} of ${data.programs.length - 1} tasks use all ${usable} of their slots`];
    if (data.hurt) lines.push(`Tightest: ${data.programs[data.hurt[0]].name} in ${memoryName(data.programs[data.hurt[0]].blocks[data.hurt[1]].memory)} (can grow by ${bytesText(data.programs[data.hurt[0]].blocks[data.hurt[1]].headroom)} before other blocks move)`);
    $("cards").append(card("MPU", `${data.mpu.model}, ${data.mpu.slots} slots${data.mpu.reserved ? `, ${data.mpu.reserved} for the kernel` : ""}`, null, lines));
  }

  /* ---- memory maps ---- */

  const ROW_WORDS = {
    skip: "left for a bootloader", hole: "hole: no memory here", gap: "gap: unused", free: "free", info: "info block",
  };

  class MemoryMap {
    constructor(memory, index) {
      this.memory = memory;
      this.index = index;
      this.items = [];
      this.back = [];
      const owned = memory.rows.filter((row) => !["free", "gap", "hole", "skip"].includes(row[0]));
      const whole = memory.base + memory.size;
      const start = owned.length ? owned[0][1] : memory.base;
      const end = owned.length ? owned[owned.length - 1][1] + owned[owned.length - 1][2] : whole;
      this.used = [start, Math.min(whole, end + Math.ceil((end - start) * 0.04))];
      this.view = this.used;
      this.build();
      this.draw();
    }

    build() {
      const { memory } = this;
      this.rangeText = element("span", { className: "range mono" });
      const button = (label, act) => element("button", { type: "button", onclick: act }, label);
      this.outButton = button("Zoom out", () => this.out());
      const whole = button("Whole memory", () => this.go([memory.base, memory.base + memory.size]));
      const used = button("Part in use", () => this.go(this.used));
      this.overview = element("div", { className: "lane whole", "aria-hidden": "true" });
      this.lanes = ["owners", "regions", "regions"].map((name) => element("div", { className: `lane ${name}` }));
      this.ruler = element("div", { className: "ruler mono", "aria-hidden": "true" });
      const group = element("div", { role: "group", "aria-label": `Map of ${memory.name}: owners, MPU regions, sections` }, ...this.lanes, this.ruler);
      group.addEventListener("keydown", (event) => this.key(event));
      this.box = element("div", { className: "map" },
        element("div", { className: "map-head" }, element("h3", {}, `${memory.name} `, element("small", { className: "range" }, `${short(memory.size)} at ${hex(memory.base)}, ${memory.attributes}`)), this.rangeText, element("div", { className: "zoom no-print" }, this.outButton, used, whole)),
        this.overview, group);
      this.drawOverview();
    }

    drawOverview() {
      const { base, size } = this.memory;
      for (const [kind, start, bytes, , program] of this.memory.rows) {
        const part = element("i", { className: this.classOf(kind), hue: program >= 0 ? hueOf(program) : null });
        part.style.left = `${(100 * (start - base)) / size}%`;
        part.style.width = `${(100 * bytes) / size}%`;
        this.overview.append(part);
      }
      this.window = element("i", { className: "window" });
      this.overview.append(this.window);
    }

    classOf(kind) {
      if (kind === "kernel" || kind === "task") return "program";
      return kind === "skip" ? "skip-row" : kind;
    }

    place(item, start, bytes) {
      const [from, to] = this.view;
      const first = Math.max(start, from);
      const last = Math.min(start + bytes, to);
      item.style.left = `${(100 * (first - from)) / (to - from)}%`;
      item.style.width = `${(100 * (last - first)) / (to - from)}%`;
    }

    isVisible(start, bytes) {
      return start < this.view[1] && start + bytes > this.view[0];
    }

    /* Whether something is wide enough to need an element. */
    isWide(bytes, pixels) {
      return (bytes / (this.view[1] - this.view[0])) * (this.box.clientWidth || 1000) >= pixels;
    }

    add(lane, className, hue, start, bytes, lines, content) {
      const item = element("button", { type: "button", className, hue }, ...content);
      setTip(item, lines);
      item.addEventListener("click", () => this.closer(start, bytes));
      this.place(item, start, bytes);
      lane.append(item);
      this.items.push(item);
      return item;
    }

    addRow([kind, start, bytes, need, program]) {
      const isOwned = program >= 0 || kind === "info";
      const name = program >= 0 ? data.programs[program].name : kind;
      const lines = [program >= 0 ? name : ROW_WORDS[kind], bytesText(bytes), range(start, bytes)];
      if (isOwned) lines.push(`need ${number(need)}, padding ${number(bytes - need)}`);
      const hue = program >= 0 ? hueOf(program) : null;
      const content = kind !== "gap" && this.isWide(bytes, 26) ? [element("b", {}, name), element("span", {}, short(bytes))] : [];
      const item = this.add(this.lanes[0], this.classOf(kind), hue, start, bytes, lines, content);
      if (isOwned && bytes > need) this.addPaddingTo(item, start, bytes, need);
    }

    /* The visible part of a block's padding. */
    addPaddingTo(item, start, bytes, need) {
      const first = Math.max(start, this.view[0]);
      const last = Math.min(start + bytes, this.view[1]);
      const part = Math.max(0, last - Math.max(first, start + need));
      if (part === 0) return;
      const pad = element("span", { className: "pad" });
      pad.style.width = `${(100 * part) / (last - first)}%`;
      item.prepend(pad);
    }

    addRegions(program, block) {
      block.regions.forEach(([first, end, slots, attributes, base, size, srd], number_) => {
        if (!this.isVisible(first, end - first) || !this.isWide(end - first, 2)) return;
        const lines = [`${data.programs[program].name}, region ${number_ + 1} of ${block.regions.length}`, bytesText(end - first), range(first, end - first), attributes];
        if (size > 0) lines.push(`MPU base ${hex(base)}, size ${short(size)}${srd ? `, eighths off: ${offEighths(srd)}` : ""}`);
        if (slots > 1) lines.push(`takes ${slots} slots`);
        this.add(this.lanes[1], "program", hueOf(program), first, end - first, lines, this.isWide(end - first, 34) ? [short(end - first)] : []);
      });
    }

    addSections(program, block) {
      for (const [name, kind, start, bytes] of block.sections) {
        if (!this.isVisible(start, bytes) || !this.isWide(bytes, 2)) continue;
        const label = sectionLabel(name, kind);
        this.add(this.lanes[2], "program", hueOf(program), start, bytes, [`${data.programs[program].name} › ${label}`, bytesText(bytes), range(start, bytes)], this.isWide(bytes, 34) ? [name] : []);
      }
    }

    draw() {
      const { memory, view } = this;
      this.items = [];
      for (const lane of this.lanes) lane.replaceChildren();
      for (const row of memory.rows) if (this.isVisible(row[1], row[2])) this.addRow(row);
      data.programs.forEach((program, index) => {
        for (const block of program.blocks) {
          if (block.memory !== this.index || !this.isVisible(block.base, block.size)) continue;
          this.addRegions(index, block);
          this.addSections(index, block);
        }
      });
      this.rangeText.textContent = `shown: ${hex(view[0])} to ${hex(view[1] - 1)}`;
      this.window.style.left = `${(100 * (view[0] - memory.base)) / memory.size}%`;
      this.window.style.width = `${(100 * (view[1] - view[0])) / memory.size}%`;
      this.outButton.disabled = this.back.length === 0;
      this.drawRuler();
      setCurrent(this.items, this.items[0]);
    }

    drawRuler() {
      const [from, to] = this.view;
      const ticks = (this.box.clientWidth || 1000) < 600 ? 2 : 5;
      const made = [];
      for (let i = 0; i <= ticks; i++) {
        const tick = element("span", {}, hex(Math.round(from + ((to - from) * i) / ticks)));
        tick.style.left = `${(100 * i) / ticks}%`;
        made.push(tick);
      }
      this.ruler.replaceChildren(...made);
    }

    go(view) {
      if (view[0] === this.view[0] && view[1] === this.view[1]) return;
      this.back.push(this.view);
      this.view = view;
      this.draw();
    }

    closer(start, bytes) {
      if (bytes < 8) return;
      const hadFocus = this.box.contains(document.activeElement);
      this.go([Math.max(start, this.memory.base), start + bytes]);
      hideTip();
      say(`${this.memory.name}, ${range(start, bytes)}`);
      if (hadFocus && this.items.length > 0) this.items[0].focus();
    }

    out() {
      if (this.back.length === 0) return;
      const [start] = this.view;
      const hadFocus = this.lanes.some((lane) => lane.contains(document.activeElement));
      this.view = this.back.pop();
      this.draw();
      say(`${this.memory.name}, ${range(this.view[0], this.view[1] - this.view[0])}`);
      if (!hadFocus) return;
      const row = this.memory.rows.filter((one) => this.isVisible(one[1], one[2])).findIndex((one) => one[1] + one[2] > start);
      const item = this.items[Math.max(0, row)];
      setCurrent(this.items, item);
      item.focus();
    }

    key(event) {
      if (event.key === "Escape") {
        event.preventDefault();
        this.out();
      } else if (this.items.includes(document.activeElement)) {
        this.move(document.activeElement, event);
      }
    }

    /* Left and right stay in a lane, up and down change lanes. */
    move(current, event) {
      if (event.key === "ArrowUp" || event.key === "ArrowDown") return moveFocus(this.items, event);
      const lane = [...current.parentElement.children].sort((a, b) => parseFloat(a.style.left) - parseFloat(b.style.left));
      const at = lane.indexOf(current);
      const next = { ArrowLeft: lane[at - 1], ArrowRight: lane[at + 1], Home: lane[0], End: lane[lane.length - 1] }[event.key];
      if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
      event.preventDefault();
      if (!next) return;
      setCurrent(this.items, next);
      next.focus();
    }
  }

  function offEighths(srd) {
    return [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => (srd >> i) & 1).join(" ");
  }

  function legend(list, entries) {
    for (const [className, words, hue] of entries)
      list.append(element("li", {}, element("span", { className: `swatch ${className}`, hue, "aria-hidden": "true" }), words));
  }

  const maps = [];

  function drawMaps() {
    const kinds = new Set(data.memories.flatMap((memory) => memory.rows.map((row) => row[0])));
    const all = [["program", "kernel", KERNEL_HUE], ["program", "tasks, each in its own color", 25], ["pad", "padding"], ["gap", "gap"], ["free", "free"]];
    if (kinds.has("info")) all.push(["info", "info block"]);
    if (kinds.has("skip") || kinds.has("hole")) all.push(["hole", "hole, or left for a bootloader"]);
    legend($("map-legend"), all);
    data.memories.forEach((memory, index) => {
      if (!memory.used) return;
      const map = new MemoryMap(memory, index);
      maps.push(map);
      $("map-list").append(map.box);
      map.draw(); /* with its width known */
    });
  }

  /* ---- treemap ---- */

  /* Squarified: rows of rectangles, each as close to square as possible. Areas are exact. */
  function squarify(nodes, box) {
    const total = nodes.reduce((sum, node) => sum + node.bytes, 0);
    const placed = [];
    if (total === 0 || box.width <= 0 || box.height <= 0) return placed;
    const scale = (box.width * box.height) / total;
    let { left, top, width, height } = box;
    const worst = (areas, sum, side) => Math.max((side * side * areas[0]) / (sum * sum), (sum * sum) / (side * side * areas[areas.length - 1]));
    for (let at = 0; at < nodes.length;) {
      const side = Math.min(width, height);
      const areas = [nodes[at].bytes * scale];
      let sum = areas[0];
      let end = at + 1;
      for (; end < nodes.length; end++) {
        const area = nodes[end].bytes * scale;
        if (worst([areas[0], area], sum + area, side) > worst(areas, sum, side)) break;
        areas.push(area);
        sum += area;
      }
      const isUpright = width >= height;
      const thick = side > 0 ? sum / side : 0;
      let along = isUpright ? top : left;
      for (let i = at; i < end; i++) {
        const length = thick > 0 ? areas[i - at] / thick : 0;
        placed.push(isUpright ? { node: nodes[i], left, top: along, width: thick, height: length } : { node: nodes[i], left: along, top, width: length, height: thick });
        along += length;
      }
      if (isUpright) [left, width] = [left + thick, Math.max(0, width - thick)];
      else [top, height] = [top + thick, Math.max(0, height - thick)];
      at = end;
    }
    return placed;
  }

  const tree = { box: $("tree"), node: root, memory: -1, items: [], nodes: new Map() };

  /* A program has the bytes of the memory in view. */
  function bytesIn(node) {
    if (tree.memory < 0 || (node.level !== "program" && node !== root)) return node.bytes;
    return node.children.reduce((sum, child) => sum + (child.level === "program" ? bytesIn(child) : child.memory === tree.memory ? child.bytes : 0), 0);
  }

  function childrenOf(node) {
    let children = node.children;
    if (node === root && tree.memory >= 0) children = children.map((child) => ({ ...child, bytes: bytesIn(child), origin: child }));
    else if (node.level === "program" && tree.memory >= 0) children = children.filter((child) => child.memory === tree.memory);
    return children.filter((child) => child.bytes > 0).sort((a, b) => b.bytes - a.bytes || (a.label < b.label ? -1 : 1));
  }

  const originOf = (node) => node.origin || node;
  const isOpenable = (node) => childrenOf(originOf(node)).length > 0;

  /* Thousands of slivers are unreadable: the smallest are combined, with their total area. */
  function withoutSlivers(children) {
    if (children.length <= TILES_MOST) return children;
    const rest = children.slice(TILES_MOST);
    const bytes = rest.reduce((sum, child) => sum + child.bytes, 0);
    return [...children.slice(0, TILES_MOST), { label: `${number(rest.length)} smaller ones`, level: "rest", bytes, program: rest[0].program, children: [], rest }];
  }

  function hueIn(node, position) {
    if (node.level === "program" || node.program === 0) return hueOf(node.program);
    return (hueOf(node.program) + ((position * 29) % 70) - 35 + 360) % 360;
  }

  const classFor = (node) => (node.level === "padding" || node.kind === 4 || node.kind === "fill" ? "pad" : "program");

  function addInner(tile, node, width, height, depth, isOutermost) {
    if (depth === 0 || width * height < 500) return;
    for (const part of squarify(withoutSlivers(childrenOf(originOf(node))), { left: 0, top: 0, width, height })) {
      if (part.width * part.height < 6) continue;
      const inner = element("i", { className: classFor(part.node) === "pad" ? "pad" : "" });
      setBox(inner, part);
      tile.append(inner);
      addInner(inner, part.node, part.width, part.height, depth - 1);
      if (isOutermost && part.width > 56 && part.height > 40) inner.append(element("span", {}, part.node.label));
    }
  }

  function setBox(item, { left, top, width, height }) {
    item.style.left = `${left.toFixed(3)}px`;
    item.style.top = `${top.toFixed(3)}px`;
    item.style.width = `${width.toFixed(3)}px`;
    item.style.height = `${height.toFixed(3)}px`;
  }

  function addTile(part, position, whole) {
    const { node } = part;
    const tile = element("button", { type: "button", className: classFor(node), hue: hueIn(node, position) });
    setBox(tile, part);
    addInner(tile, node, part.width, part.height, part.width * part.height > 30000 ? 2 : 1, true);
    if (part.width > 34 && part.height > 18)
      tile.append(element("b", {}, node.label, ...(part.width > 90 ? [" ", element("small", {}, number(node.bytes))] : [])));
    setTip(tile, [...tipOf(node, whole), ...(isOpenable(node) ? [`${number(childrenOf(originOf(node)).length)} inside`] : [])]);
    tile.dataset.bytes = node.bytes;
    tile.addEventListener("click", () => openNode(node));
    tree.nodes.set(tile, node);
    tree.items.push(tile);
    tree.box.append(tile);
  }

  function drawTree(focusOn) {
    const children = withoutSlivers(childrenOf(tree.node));
    const whole = children.reduce((sum, child) => sum + child.bytes, 0);
    tree.items = [];
    tree.nodes = new Map();
    tree.box.replaceChildren();
    const box = { left: 0, top: 0, width: tree.box.clientWidth, height: tree.box.clientHeight };
    squarify(children, box).forEach((part, position) => addTile(part, position, whole));
    if (tree.items.length === 0) tree.box.append(element("p", { className: "empty" }, "Nothing is known about these bytes."));
    const focused = tree.items.find((item) => focusOn && originOf(tree.nodes.get(item)) === focusOn) || tree.items[0];
    setCurrent(tree.items, focused);
    if (focusOn !== undefined && focused) focused.focus();
    drawCrumbs(whole);
    return focused;
  }

  function drawCrumbs(whole) {
    const path = [];
    for (let at = tree.node; at; at = at.parent) path.unshift(at);
    $("crumbs").replaceChildren(...path.map((node) => element("li", {}, node === tree.node
      ? element("span", { "aria-current": "location" }, `${node.label} (${bytesText(whole)})`)
      : element("button", { type: "button", onclick: () => showNode(node, null) }, node.label))));
  }

  /* focusOn: the child to focus, null: the first one; undefined: leave the focus alone. */
  function showNode(node, focusOn) {
    tree.node = node;
    hideTip();
    drawTree(focusOn);
    say(`${pathOf(node) || node.label}: ${tree.items.length} parts`);
  }

  function openNode(node) {
    if (node.level === "rest") return filterBy(node.rest);
    if (isOpenable(node)) return showNode(originOf(node), null);
    $("tree-note").textContent = tipOf(node).join(" · ");
  }

  tree.box.addEventListener("keydown", (event) => {
    if ((event.key === "Escape" || event.key === "Backspace") && tree.node !== root) {
      event.preventDefault();
      showNode(tree.node.parent, tree.node);
    } else if (tree.items.includes(document.activeElement)) {
      moveFocus(tree.items, event);
    }
  });

  function drawChoice() {
    const present = data.memories.map((memory, index) => index).filter((index) => data.programs.some((program) => program.blocks.some((block) => block.memory === index)));
    if (present.length < 2) return;
    const buttons = [-1, ...present].map((index) => element("button", {
      type: "button", role: "radio", "aria-checked": String(index === tree.memory), onclick: () => choose(index),
    }, index < 0 ? "All memories" : memoryName(index)));
    const choose = (index) => {
      tree.memory = index;
      buttons.forEach((button, i) => {
        const isChosen = (i === 0 ? -1 : present[i - 1]) === index;
        button.setAttribute("aria-checked", String(isChosen));
        button.tabIndex = isChosen ? 0 : -1;
      });
      while (tree.node !== root && childrenOf(tree.node).length === 0) tree.node = tree.node.parent;
      if (tree.node.memory !== undefined && index >= 0 && tree.node.memory !== index) tree.node = root;
      drawTree(undefined);
    };
    buttons.forEach((button, i) => { button.tabIndex = i === 0 ? 0 : -1; });
    $("tree-memory").addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      const at = buttons.indexOf(document.activeElement);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = buttons[(at + step + buttons.length) % buttons.length];
      next.click();
      next.focus();
    });
    $("tree-memory").append(...buttons);
  }

  /* ---- MPU slots ---- */

  function grantsOf(program) {
    const grants = [];
    for (const block of program.blocks)
      for (const [first, end, slots, attributes, base, size, srd] of block.regions)
        grants.push({ label: memoryName(block.memory), memory: block.memory, first, end, slots, attributes, base, size, srd });
    for (const [kind, names, first, end, slots, attributes, base, size, srd] of program.fixed)
      grants.push({ label: names.join(" + "), kind, first, end, slots, attributes, base, size, srd });
    return grants.sort((a, b) => a.first - b.first);
  }

  function slotCell(span, className, hue, title, note, lines, srd) {
    const box = element("div", { className: `box ${className}`, hue }, element("b", {}, title), element("span", {}, note));
    if (srd) {
      const parts = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => element("i", { className: (srd >> i) & 1 ? "off" : "" }));
      box.append(element("div", { className: "eighths", "aria-hidden": "true" }, ...parts));
    }
    const cell = element("td", { role: "gridcell", colSpan: span, tabIndex: -1 }, box);
    setTip(cell, lines);
    return cell;
  }

  const GRANT_HUES = { peripheral: 32, map: 320, info: 58 };
  const memoryHue = (memory) => (215 + memory * 285) % 360;

  function slotRow(program, index) {
    const cells = [element("th", { scope: "row" }, program.name)];
    for (let slot = 0; slot < data.mpu.reserved; slot++)
      cells.push(slotCell(1, "kept", null, "", "kernel", [`slot ${slot}`, "reserved for the kernel"]));
    let slot = data.mpu.reserved;
    for (const grant of grantsOf(program)) {
      const where = grant.slots > 1 ? `slots ${slot} to ${slot + grant.slots - 1}` : `slot ${slot}`;
      const lines = [`${program.name}, ${where}: ${grant.kind ? `${grant.kind} ` : ""}${grant.label}`, `${bytesText(grant.end - grant.first)}, ${grant.attributes}`, range(grant.first, grant.end - grant.first)];
      if (grant.size > 0) lines.push(`MPU base ${hex(grant.base)}, size ${short(grant.size)}${grant.srd ? `, eighths off: ${offEighths(grant.srd)}` : ""}`);
      const hue = grant.kind ? GRANT_HUES[grant.kind] : memoryHue(grant.memory);
      cells.push(slotCell(grant.slots, "program", hue, `${grant.label} ${grant.attributes}`, short(grant.end - grant.first), lines, grant.size > 0 ? grant.srd : 0));
      slot += grant.slots;
    }
    for (; slot < data.mpu.slots; slot++) cells.push(slotCell(1, "unused", null, "", "unused", [`${program.name}, slot ${slot}`, "unused"]));
    return element("tr", { "data-task": index }, ...cells);
  }

  function drawSlots() {
    const table = $("slot-table");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", "MPU slots of each task");
    const head = [element("th", { scope: "col" }, "Task")];
    for (let slot = 0; slot < data.mpu.slots; slot++) head.push(element("th", { scope: "col" }, `slot ${slot}`));
    const body = element("tbody", {}, ...data.programs.slice(1).map((program, i) => slotRow(program, i + 1)));
    table.append(element("thead", {}, element("tr", {}, ...head)), body);
    const cells = [...body.querySelectorAll("td")];
    if (cells.length > 0) setCurrent(cells, cells[0]);
    table.addEventListener("keydown", (event) => {
      const cell = document.activeElement;
      if (!cells.includes(cell)) return;
      const line = [...cell.parentElement.querySelectorAll("td")];
      const at = line.indexOf(cell);
      const lineTo = event.key === "ArrowDown" ? cell.parentElement.nextElementSibling : event.key === "ArrowUp" ? cell.parentElement.previousElementSibling : null;
      let next = null;
      if (event.key === "ArrowRight") next = line[at + 1];
      else if (event.key === "ArrowLeft") next = line[at - 1];
      else if (event.key === "Home") next = line[0];
      else if (event.key === "End") next = line[line.length - 1];
      else if (lineTo) { const other = lineTo.querySelectorAll("td"); next = other[Math.min(at, other.length - 1)]; }
      else return;
      event.preventDefault();
      if (!next) return;
      setCurrent(cells, next);
      next.focus();
    });
    const entries = data.memories.flatMap((memory, index) => (memory.used ? [["program", memory.name, memoryHue(index)]] : []));
    for (const [kind, hue] of Object.entries(GRANT_HUES))
      if (data.programs.some((program) => program.fixed.some((fixed) => fixed[0] === kind))) entries.push(["program", kind, hue]);
    legend($("slot-legend"), [...entries, ["hole", "reserved for the kernel"]]);
    $("slots-note").textContent = `${data.mpu.model}: ${data.mpu.slots} slots per task, ${data.mpu.reserved} of them reserved for the kernel.${data.mpu.subregions ? " A strip shows which eighths of a region are on." : ""}`;
  }

  /* ---- tables that sort ---- */

  class SortedTable {
    /* columns: {label, value(item), cell(item), number} */
    constructor(table, label, columns, sortColumn, isDescending, draw) {
      Object.assign(this, { table, columns, sortColumn, isDescending, draw });
      this.heads = columns.map((column, i) => element("th", { scope: "col", className: column.number ? "number" : "" },
        element("button", { type: "button", onclick: () => this.sortBy(i) }, column.label)));
      this.body = element("tbody");
      table.append(element("caption", { className: "quiet" }, label), element("thead", {}, element("tr", {}, ...this.heads)), this.body);
    }

    mark() {
      this.heads.forEach((head, i) => {
        if (i === this.sortColumn) head.setAttribute("aria-sort", this.isDescending ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
    }

    sortBy(column) {
      this.isDescending = column === this.sortColumn ? !this.isDescending : Boolean(this.columns[column].number && !this.columns[column].isAddress);
      this.sortColumn = column;
      this.draw();
      say(`sorted by ${this.columns[column].label}, ${this.isDescending ? "descending" : "ascending"}`);
    }

    sorted(items) {
      const { value } = this.columns[this.sortColumn];
      const sign = this.isDescending ? -1 : 1;
      const keys = new Map(items.map((item) => [item, value(item)]));
      return [...items].sort((a, b) => {
        const x = keys.get(a);
        const y = keys.get(b);
        if (x === y) return (a.address || 0) - (b.address || 0);
        return x < y ? -sign : sign;
      });
    }

    fill(items) {
      this.mark();
      this.body.replaceChildren(...items.map((item) => element("tr", {}, ...this.columns.map((column) => {
        const content = column.cell ? column.cell(item) : column.value(item);
        const isWarning = column.isWarning && column.isWarning(item);
        return element("td", { className: `${column.number ? "number" : "name"}${isWarning ? " warn" : ""}` },
          typeof content === "number" ? number(content) : content);
      }))));
    }
  }

  const dash = (value) => (value === undefined ? "–" : number(value));

  function drawBlocks() {
    const items = data.programs.flatMap((program, index) => program.blocks.map((block) => ({ program, index, block, address: block.base })));
    const columns = [
      { label: "Owner", value: (item) => item.program.name },
      { label: "Memory", value: (item) => memoryName(item.block.memory) },
      { label: "Address", value: (item) => item.block.base, cell: (item) => hex(item.block.base), number: true, isAddress: true },
      { label: "Size", value: (item) => item.block.size, number: true },
      { label: "Need", value: (item) => item.block.need, number: true },
      { label: "Padding", value: (item) => item.block.size - item.block.need, number: true },
      { label: "Limit", value: (item) => (item.block.limit === undefined ? -1 : item.block.limit), cell: (item) => dash(item.block.limit), number: true },
      { label: "Headroom", value: (item) => (item.block.headroom === undefined ? -1 : item.block.headroom), cell: (item) => dash(item.block.headroom), number: true, isWarning: (item) => item.block.headroom === 0 },
      { label: "Slots", value: (item) => (item.index === 0 ? -1 : item.program.slots_used), cell: (item) => (item.index === 0 ? "–" : `${item.program.slots_used} of ${item.program.slots_used + item.program.free}`), number: true },
      { label: "Regions", value: (item) => item.block.regions.length, cell: (item) => (item.block.regions.length === 0 ? "–" : item.block.regions.map((region) => short(region[1] - region[0])).join(" + ")) },
    ];
    const table = new SortedTable($("block-table"), "Blocks of kernel and tasks", columns, 0, false, () => table.fill(table.sorted(items)));
    table.sortColumn = 2;
    table.draw();
    const notes = [];
    if (data.moves) notes.push(...data.moves.filter((move) => move.kind !== "kept").map((move) => `${data.programs[move.program].name} ${memoryName(data.programs[move.program].blocks[move.block].memory)} ${move.kind}${move.reason ? `: ${move.reason}` : ""}`));
    $("block-note").textContent = notes.length > 0 ? `Compared with imgbuild.lock: ${notes.join("; ")}.` : "Headroom: by how much a need can grow before another block moves.";
  }

  /* ---- symbols, and searching them ---- */

  const symbols = { shown: rows, page: 0, words: [] };

  function withMarks(text) {
    const lower = text.toLowerCase();
    const word = symbols.words.find((one) => lower.includes(one));
    if (!word) return text;
    const at = lower.indexOf(word);
    const made = document.createDocumentFragment();
    made.append(text.slice(0, at), element("mark", {}, text.slice(at, at + word.length)), text.slice(at + word.length));
    return made;
  }

  const symbolColumns = [
    { label: "Symbol", value: (row) => row.label.toLowerCase(), cell: (row) => withMarks(row.label) },
    { label: "Size", value: (row) => row.bytes, cell: (row) => `${number(row.bytes)}${row.guessed ? " ?" : ""}`, number: true },
    { label: "Address", value: (row) => row.address, cell: (row) => hex(row.address), number: true, isAddress: true },
    { label: "Owner", value: (row) => data.programs[row.program].name, cell: (row) => withMarks(data.programs[row.program].name) },
    { label: "Memory", value: (row) => memoryName(row.memory) },
    { label: "Section", value: (row) => row.parent.parent.label, cell: (row) => withMarks(row.parent.parent.label) },
    { label: "Object", value: (row) => row.parent.label, cell: (row) => withMarks(row.parent.label) },
    { label: "Kind", value: (row) => SYMBOL_KINDS[row.kind] },
  ];

  const symbolTable = new SortedTable($("symbol-table"), "Symbols", symbolColumns, 1, true, () => { symbols.page = 0; drawSymbols(); });

  function drawSymbols() {
    if (symbols.sortedFrom !== symbols.shown || symbols.sortedBy !== `${symbolTable.sortColumn} ${symbolTable.isDescending}`) {
      symbols.sorted = symbolTable.sorted(symbols.shown);
      symbols.sortedFrom = symbols.shown;
      symbols.sortedBy = `${symbolTable.sortColumn} ${symbolTable.isDescending}`;
    }
    const pages = Math.max(1, Math.ceil(symbols.sorted.length / PAGE_ROWS));
    const first = symbols.page * PAGE_ROWS;
    symbolTable.fill(symbols.sorted.slice(first, first + PAGE_ROWS));
    symbolTable.table.setAttribute("aria-rowcount", symbols.sorted.length + 1);
    const bytes = symbols.shown.reduce((sum, row) => sum + row.bytes, 0);
    $("symbol-count").textContent = `${number(symbols.shown.length)} of ${number(rows.length)} rows, ${bytesText(bytes)}. A size with ? is guessed: the file gives none, so it goes on to the next symbol.`;
    const turn = (to, label) => element("button", { type: "button", disabled: to < 0 || to >= pages, onclick: () => { symbols.page = to; drawSymbols(); } }, label);
    $("symbol-pages").replaceChildren(turn(symbols.page - 1, "Previous"), element("span", {}, `page ${number(symbols.page + 1)} of ${number(pages)}`), turn(symbols.page + 1, "Next"));
  }

  function filterBy(list) {
    symbols.shown = list;
    symbols.page = 0;
    drawSymbols();
    $("symbols").scrollIntoView();
  }

  const search = $("search");
  const results = $("results");
  let found = [];
  let active = -1;

  function haystack(row) {
    if (row.text === undefined) row.text = `${row.label} ${row.parent.label} ${row.parent.parent.label} ${data.programs[row.program].name}`.toLowerCase();
    return row.text;
  }

  /* What is at an address, starting with the smallest thing. */
  function atAddress(address) {
    const hits = rows.filter((row) => row.bytes > 0 && address >= row.address && address < row.address + row.bytes);
    const names = [];
    data.memories.forEach((memory) => {
      for (const [kind, start, bytes, need, program] of memory.rows) {
        if (address < start || address >= start + bytes) continue;
        const isPadding = program >= 0 && address >= start + need;
        names.push({ text: `${program >= 0 ? data.programs[program].name : ROW_WORDS[kind]}${isPadding ? ", in its padding" : ""}`, note: `${memory.name}, ${range(start, bytes)}`, node: program >= 0 ? root.children[program] : null });
      }
    });
    return { hits, names };
  }

  function rank(row, query) {
    const label = row.label.toLowerCase();
    if (label === query) return 0;
    if (label.startsWith(query)) return 1;
    return label.includes(query) ? 2 : 3;
  }

  function runSearch() {
    const query = search.value.trim().toLowerCase();
    const address = /^0x[0-9a-f]{1,9}$/.test(query) ? parseInt(query, 16) : null;
    symbols.words = query === "" || address !== null ? [] : query.split(/\s+/);
    found = [];
    if (query === "") {
      symbols.shown = rows;
    } else if (address !== null) {
      const { hits, names } = atAddress(address);
      symbols.shown = hits;
      found.push(...names);
    } else {
      symbols.shown = rows.filter((row) => symbols.words.every((word) => haystack(row).includes(word)));
      for (const program of root.children)
        if (program.label.toLowerCase().includes(query)) found.push({ text: program.label, note: `${program.program === 0 ? "kernel" : "task"}, ${bytesText(program.bytes)}`, node: program });
    }
    const ranks = new Map(symbols.shown.map((row) => [row, rank(row, query)]));
    if (query !== "")
      for (const row of [...symbols.shown].sort((a, b) => ranks.get(a) - ranks.get(b) || b.bytes - a.bytes).slice(0, RESULTS_MOST))
        found.push({ text: row.label, note: `${bytesText(row.bytes)} at ${hex(row.address)}, ${pathOf(row.parent)}`, node: row });
    symbols.page = 0;
    drawSymbols();
    drawResults(query !== "");
  }

  function drawResults(isOpen) {
    active = -1;
    results.replaceChildren(...found.slice(0, RESULTS_MOST).map((item, i) => element("li", { role: "option", id: `result-${i}`, "aria-selected": "false", onclick: () => take(item) }, item.text, element("small", {}, item.note))));
    if (found.length === 0) results.append(element("li", { className: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing was found."));
    results.hidden = !isOpen;
    search.setAttribute("aria-expanded", String(isOpen));
    search.removeAttribute("aria-activedescendant");
  }

  function setActive(index) {
    const items = [...results.querySelectorAll("li:not(.none)")];
    if (items.length === 0) return;
    active = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    items[active].scrollIntoView({ block: "nearest" });
    search.setAttribute("aria-activedescendant", items[active].id);
  }

  function closeResults() {
    results.hidden = true;
    search.setAttribute("aria-expanded", "false");
  }

  /* Shows a result in the treemap. */
  function take(item) {
    closeResults();
    if (!item.node) return $("maps").focus();
    if (tree.memory >= 0) $("tree-memory").firstElementChild.click();
    $("contents").scrollIntoView();
    if (item.node.level === "program") return showNode(isOpenable(item.node) ? item.node : root, null);
    showNode(item.node.parent, item.node);
    $("tree-note").textContent = tipOf(item.node).join(" · ");
  }

  search.addEventListener("input", runSearch);
  search.addEventListener("focus", () => { if (search.value.trim() !== "") drawResults(true); });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setActive(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (found.length > 0) take(found[Math.max(0, active)]);
    } else if (event.key === "Escape" && !results.hidden) {
      event.preventDefault();
      closeResults();
    }
  });
  $("search-form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("pointerdown", (event) => { if (!$("search-form").contains(event.target)) closeResults(); });
  $("search-form").addEventListener("focusout", (event) => { if (!$("search-form").contains(event.relatedTarget)) closeResults(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || document.activeElement === search) return;
    event.preventDefault();
    search.focus();
  });

  /* ---- the page ---- */

  drawHead();
  drawCards();
  drawMaps();
  drawChoice();
  drawTree(undefined);
  drawSlots();
  drawBlocks();
  drawSymbols();

  let width = innerWidth;
  const redraw = () => {
    for (const map of maps) map.draw();
    drawTree(undefined);
  };
  addEventListener("resize", () => {
    if (width === innerWidth) return;
    width = innerWidth;
    redraw();
  });
  addEventListener("beforeprint", redraw);
  addEventListener("afterprint", redraw);
})();
