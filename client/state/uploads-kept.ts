/** What is kept of files that wait to be sent begins so. */
export const UPLOADS = 'file.';
