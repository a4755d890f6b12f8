// What pages do beyond links, forms and htmx. Each module finds its elements by data attributes.
import "./toasts.js";
import "./keyboard.js";
import "./neighbours.js";
import "./combobox.js";
import "./unfold.js";
import "./drawer.js";
import "./rows.js";
import "./chart.js";
import "./shrink.js";
import "./drafts.js";
import "./upload.js";
import "./waiting.js";
import "./selection.js";
import "./order.js";
import "./merge.js";
import "./lines.js";
import "./bell.js";
