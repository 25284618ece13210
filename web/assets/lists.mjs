// What pack.mjs takes of each package. Add an icon or a component here and run it again.

export const components = [
  "Button/button.css",
  "MenuToggle/menu-toggle.css",
  "ToggleGroup/toggle-group.css",
  "Table/table.css",
  "Form/form.css",
  "FormControl/form-control.css",
  "InputGroup/input-group.css",
  "HelperText/helper-text.css",
  "Check/check.css",
  "Radio/radio.css",
  "Switch/switch.css",
  "Menu/menu.css",
  "ModalBox/modal-box.css",
  "Popover/popover.css",
  "ProgressStepper/progress-stepper.css",
  "Alert/alert.css",
  "EmptyState/empty-state.css",
  "Skeleton/skeleton.css",
  "Spinner/spinner.css",
  "Pagination/pagination.css",
  "Label/label.css",
  "CalendarMonth/calendar-month.css",
  "Tabs/tabs.css",
];

// Objects and actions: outline.
export const outline = [
  "adjustments-horizontal", "alert-circle", "alert-triangle", "arrow-down", "arrow-left", "arrow-narrow-right", "arrow-right", "arrow-up",
  "bell", "bookmark", "brackets-contain", "building", "calendar", "check", "checklist", "chevron-down", "chevron-left", "chevron-right",
  "chevron-up", "circle-check", "circle-dashed", "clock", "cloud", "coins", "columns", "copy", "database", "device-desktop", "dots",
  "download", "external-link", "eye", "file-text", "filter", "fingerprint", "git-branch", "globe", "hand-stop", "help-circle", "history",
  "keyboard", "key", "layers-intersect", "layout-sidebar-right", "link", "list-details", "lock", "login", "logout", "map-pin", "menu-2",
  "moon", "pencil", "player-pause", "player-play", "player-stop", "plug-connected", "plug", "plus", "refresh", "rotate-clockwise", "route",
  "search", "server", "settings", "share", "shield", "shield-lock", "stack-2", "sun", "table", "tag", "terminal-2", "trash", "trending-down",
  "trending-up", "upload", "user", "users", "versions", "world", "x",
];

// Status: filled, so that shape and weight differ from an object's icon.
export const filled = [
  "alert-circle", "alert-triangle", "bookmark", "circle-check", "circle-dot", "circle-x", "clock", "help-circle", "info-circle", "lock",
  "player-pause", "player-play", "shield-check", "star",
];
