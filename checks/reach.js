// What of a page cannot be seen, reached or pressed: questions put to a browser, each answered with a list of faults.
// A fault names the element and the beginning of its words. checks/reach.py asks them.
"use strict";

// What is drawn; `seen` leaves out what only a screen reader gets.
const own = (node, says) => node && (says(getComputedStyle(node)) || own(node.parentElement, says));
const hidden = (node) => own(node, (style) => style.clipPath.startsWith("inset(50%") || style.visibility === "hidden");
const scrolls = (node) => own(node, (style) => /auto|scroll/.test(style.overflowX));
const drawn = (node) => node.checkVisibility({ contentVisibilityAuto: true }) && node.getClientRects().length;
const seen = (node) => !node.closest("svg") && drawn(node) && !hidden(node);
const told = (node) => {
  const text = node.getAttribute("aria-label") || node.textContent || node.getAttribute("name") || "";
  return `${node.tagName.toLowerCase()}.${node.classList[0] ?? ""} ${text.trim().replace(/\s+/g, " ").slice(0, 60)}`;
};
// A card that is pressed whole shows the focus of its link.
const shown = (node) => [node, node.closest(".ps-card-link") ?? node].some((drawn) => {
  const style = getComputedStyle(drawn);
  return style.outlineStyle !== "none" || (drawn === node && style.boxShadow !== "none");
});

const reach = {
  // What stands beyond its frame or the edge of the screen, where nothing scrolls to it.
  cut() {
    const band = (style) => style.clipPath !== "none";
    const edge = (node) => {
      const frame = node.parentElement.closest("tr, .ps-card, .ps-sheet, .ps-form, main");
      return Math.min(document.documentElement.clientWidth, frame.getBoundingClientRect().right) + 1;
    };
    return [...document.querySelectorAll("main *")]
      .filter((node) => seen(node) && !scrolls(node) && !own(node, band))
      .filter((node) => node.getBoundingClientRect().width && node.getBoundingClientRect().right > edge(node))
      .map((node) => told(node));
  },

  // What the page hides of its own words: a box that clips, or ends them with an ellipsis and no title says the whole.
  clipped() {
    const length = (text) => text.trim().replace(/\s+/g, " ").length;
    const toldWhole = (node) => {
      const titled = node.closest("[title]") ?? node.querySelector("[title]");
      const style = getComputedStyle(node);
      const endsThem = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      return titled && endsThem && length(titled.title) >= length(titled.textContent);
    };
    const clips = (style) => /hidden|clip/.test(`${style.overflowX} ${style.overflowY}`);
    return [...document.querySelectorAll("body *")]
      .filter((node) => seen(node) && !/IMG|VIDEO|PROGRESS|INPUT|SELECT/.test(node.tagName) && clips(getComputedStyle(node)))
      .filter((node) => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)
      .filter((node) => !toldWhole(node))
      .map((node) => told(node));
  },

  // A page wider than its screen: whoever reads it scrolls both ways.
  tooWide() {
    const root = document.documentElement;
    return root.scrollWidth > root.clientWidth + 1 ? [`the page is ${root.scrollWidth} px wide`] : [];
  },

  // What scrolls, and takes no focus: a keyboard cannot read its end.
  unreached() {
    const focusable = "a[href], button, input, select, textarea, summary, [tabindex='0'], video[controls]";
    return [...document.querySelectorAll("body *")]
      .filter((node) => seen(node) && /auto|scroll/.test(`${getComputedStyle(node).overflowX} ${getComputedStyle(node).overflowY}`))
      .filter((node) => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1)
      .filter((node) => node.tagName !== "TEXTAREA" && !node.matches(focusable) && !node.querySelector(focusable))
      .map((node) => told(node));
  },

  // What takes the focus outside the screen, under something else, or without showing it.
  unfocused() {
    const all = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
    const faults = [];
    for (const node of document.querySelectorAll(`${all}, [tabindex='0']`)) {
      if (!drawn(node) || node.tabIndex < 0 || node.closest("dialog:not([open])")) continue;
      node.focus({ focusVisible: true });
      if (document.activeElement !== node) continue;
      const box = node.getClientRects()[0];
      const x = Math.max(box.left, 0) + Math.min(box.width, 20) / 2; // What is taller than the screen is seen in part.
      const y = Math.max(box.top, 0) + Math.min(box.height, 20) / 2;
      const top = document.elementFromPoint(x, y);
      if (box.right < 0 || box.bottom < 0 || x > innerWidth || y > innerHeight) faults.push(`off screen: ${told(node)}`);
      else if (!top || !(node.contains(top) || top.contains(node) || node.labels?.[0]?.contains(top))) {
        faults.push(`under ${top ? told(top) : "nothing"}: ${told(node)}`);
      } else if (!shown(node)) faults.push(`focus unseen: ${told(node)}`);
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
    return faults;
  },

  // What is pressed and smaller than 24 px, unless it stands in a sentence, or has that room around it (WCAG 2.5.8).
  tooSmall() {
    const box = (node) => node.closest("label")?.getBoundingClientRect() ?? node.getBoundingClientRect();
    const pressed = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")].filter(seen);
    const small = (node) => box(node).width < 23.5 || box(node).height < 23.5;
    const inSentence = (node) => {
      const block = node.parentElement.closest("p, li, dd, dt, td, th, legend, label, h1, h2, h3, h4, div");
      return getComputedStyle(node).display === "inline" && block.textContent.trim().length > node.textContent.trim().length + 3;
    };
    const centre = (node) => [box(node).left + box(node).width / 2, box(node).top + box(node).height / 2];
    const far = (node, other) => {
      const [x, y] = centre(node);
      const there = box(other);
      if (small(other)) return Math.hypot(x - centre(other)[0], y - centre(other)[1]) >= 24;
      const [dx, dy] = [Math.max(there.left - x, 0, x - there.right), Math.max(there.top - y, 0, y - there.bottom)];
      return Math.hypot(dx, dy) >= 12;
    };
    return pressed
      .filter((node) => small(node) && !inSentence(node))
      .filter((node) => pressed.some((other) => other !== node && !node.contains(other) && !other.contains(node) && !far(node, other)))
      .map((node) => told(node));
  },

  // On paper: what cannot be pressed there, what stays folded, and white words on the white of the sheet.
  onPaper() {
    // A term is a word of its sentence: paper keeps it, without the dots that say that it opens.
    const word = (node) => node.matches(".ps-term-open") && getComputedStyle(node).borderBottomStyle === "none";
    const buttons = [...document.querySelectorAll("button, .ps-button, .ps-nav a")]
      .filter((node) => seen(node) && !word(node));
    const folded = [...document.querySelectorAll("main details:not([open]) > :not(summary)")]
      .filter((node) => !node.getClientRects().length || !node.checkVisibility({ contentVisibilityAuto: true }))
      .filter((node) => !node.matches("form") && !node.querySelector("form") && node.textContent.trim());
    const pale = [...document.querySelectorAll("main h1, main h2, main p")]
      .filter((node) => seen(node) && getComputedStyle(node).color === "rgb(255, 255, 255)")
      .filter((node) => !own(node, (style) => style.printColorAdjust === "exact"));
    return [
      ...buttons.map((node) => `a button: ${told(node)}`),
      ...folded.map((node) => `folded: ${told(node)}`),
      ...pale.map((node) => `white on white: ${told(node)}`),
    ];
  },
};
