// The scripts of the draft; in an installation one file (majorops/web/static_files.py).
import "./autosave.js";
import "./rows.js";
import "./together.js";
