export { mainProcess, type MainProcess } from './main-process.ts';
