// The desk works without any of this; these modules make it quicker and kinder.
import htmx from "htmx.org";
import "../mark.svg?url";
import { watchConfirmations, watchDialogs } from "./dialogs";
import { watchForms } from "./forms";
import { watchKeys } from "./keys";
import { watchLocating } from "./locate";
import { watchMenus } from "./menus";
import { watchNarrowing } from "./narrow";
import { watchConnection } from "./connection";
import { watchTextSize } from "./text-size";
import { watchToasts } from "./toasts";

// The policy "script-src 'self'; style-src 'self'" forbids evaluated code and inserted styles.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
// A saved copy of a page in the browser could show one post's rows to the next person at the same desk.
htmx.config.historyCacheSize = 0;
// A form that comes back with errors (422) or with "somebody was quicker" (409) is an answer to be shown.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(409|422)", swap: true },
  { code: "[45]..", swap: false, error: true },
];




watchDialogs();
watchConfirmations();
watchForms();
watchKeys();
watchLocating();
watchMenus();
watchNarrowing();
watchConnection();
watchTextSize();
watchToasts();
