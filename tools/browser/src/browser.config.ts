/** Read here alone. */
export const environment: { readonly CHROMIUM?: string | undefined } = {
  CHROMIUM: process.env['CHROMIUM'] === '' ? undefined : process.env['CHROMIUM'],
};
