export { mainProcess, type MainProcess } from './main-process.ts';
export { oneProcess, type OneProcess } from './one-process.ts';
