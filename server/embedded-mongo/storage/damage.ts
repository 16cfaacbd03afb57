/** The data cannot be trusted; opening it would end in a signal or in wrong answers. */
export class DamagedStoreError extends Error {
  override name = 'DamagedStoreError';
}
