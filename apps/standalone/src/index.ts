export { openInstallation, type Installation } from './installation.ts';
export { serviceProcess, type ServiceProcess } from './service-process.ts';
export { tryNext } from './try-next.ts';
