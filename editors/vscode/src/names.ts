// Names that package.json uses too.

/** Commands of the extension. Those of the server have other names, because names are global. */
export const commands = {
  menu: 'tabtier.menu',
  explain: 'tabtier.explainLast',
  askBetter: 'tabtier.askBetter',
  togglePause: 'tabtier.togglePause',
  chooseOverride: 'tabtier.chooseOverride',
  openSettingsFile: 'tabtier.openSettingsFile',
  restart: 'tabtier.restart',
  doctor: 'tabtier.doctor',
  openDashboard: 'tabtier.openDashboard',
  showLog: 'tabtier.showLog',
} as const;
