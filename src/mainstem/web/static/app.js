// Everything the pages do in the browser beyond htmx starts here.

import { startCharts } from "./chart.js";
import { startFreshness } from "./freshness.js";
import { startMenus } from "./menus.js";
import { startThemeToggle } from "./theme_toggle.js";
import { startTiles } from "./tiles.js";

startThemeToggle();
startMenus();
startTiles();
startCharts();
startFreshness();
