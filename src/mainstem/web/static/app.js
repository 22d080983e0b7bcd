// Everything the pages do in the browser beyond htmx starts here.

import { startAnnouncements } from "./announce.js";
import { startCharts } from "./chart.js";
import { startCopying } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startFreshness } from "./freshness.js";
import { startMenus } from "./menus.js";
import { startRail } from "./rail.js";
import { startSearch } from "./search.js";
import { startLiveEvents } from "./sources_live.js";
import { startTabs } from "./tabs.js";
import { startThemeToggle } from "./theme_toggle.js";
import { startTiles } from "./tiles.js";
import { startToasts } from "./toasts.js";

startAnnouncements();
startThemeToggle();
startRail();
startSearch();
startMenus();
startForms();
startDialogs();
startTabs();
startCopying();
startToasts();
startTiles();
startCharts();
startFreshness();
startLiveEvents();
