export { openBrowser, type BrowserOptions } from './browser.ts';
