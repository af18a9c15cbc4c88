// The scripts of every page; one that only some pages use is linked by these. As with the styles, `collectstatic` puts the
// text of the parts in the place of the imports (majorops/web/static_files.py).
import "./shell.js";
import "./search.js";
import "./countdown.js";
