// The one entry point. Every page works without it; each part does nothing where its markup is absent.
import { initAll } from "./govuk-frontend.min.js";
import { autosave } from "./autosave.js";
import { away } from "./away.js";
import { chronology } from "./chronology.js";
import { clocks } from "./clocks.js";
import { decide } from "./decide.js";
import { find } from "./find.js";
import { passkey } from "./passkey.js";
import { printing } from "./print.js";
import { repeat } from "./repeat.js";

initAll();
for (const element of document.querySelectorAll("[data-js-only]")) element.hidden = false;
for (const element of document.querySelectorAll("[data-nojs]")) element.hidden = true;
clocks();
autosave();
away();
decide();
find();
chronology();
repeat();
passkey();
printing();
